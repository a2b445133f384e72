package org.dyntrace.daemon;

import picocli.CommandLine;

/** The command {@code dyntraced}. */
public final class Main {
    private Main() {}

    /**
     * Runs the daemon.
     *
     * @param arguments see {@code dyntraced --help}
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new DaemonCommand()).execute(arguments));
    }
}
