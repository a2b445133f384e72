package org.dyntrace.daemon;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.connector.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options of {@code dyntraced}. */
@Command(
        name = "dyntraced",
        description = "Controls the tracepoints of the processes on this machine.",
        mixinStandardHelpOptions = true,
        version = "dyntrace " + DaemonCommand.VERSION,
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyntraced --daemonize          for all processes, as root",
            "  dyntraced --user --daemonize   for your own processes",
            "",
            "Every change is in audit.log: in /var/log/dyntrace, for the daemon in /run/dyntrace, else in the run directory.",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage"
        })
final class DaemonCommand implements Callable<Integer> {
    static final String VERSION = "0.1.0";

    @Option(names = "--daemonize", description = "Go to the background; returns when the daemon is ready.")
    private boolean daemonize;

    @Option(names = "--user", description = "Serve only your own processes, in $$XDG_RUNTIME_DIR/dyntrace.")
    private boolean user;

    @Option(names = "--rundir", paramLabel = "DIR", description = "Where its sockets are; default /run/dyntrace.")
    private Optional<Path> rundir = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Its settings; default /etc/dyntrace/dyntraced.properties for the daemon in /run/dyntrace.")
    private Optional<Path> config = Optional.empty();

    @Option(names = "--detached", hidden = true)
    private boolean detached;

    @Override
    public Integer call() {
        try {
            RunDirectory directory = RunDirectory.forDaemon(rundir, user);
            Settings settings = Settings.read(config, directory);
            if (daemonize) {
                return Background.start(directory, user, config);
            }
            Runnable ready =
                    detached ? Background::ready : () -> System.out.println("dyntraced is ready in " + directory);
            Daemon.run(directory, user, settings, ready);
            return 0;
        } catch (Failure e) {
            System.err.println("dyntraced: " + e.getMessage());
            System.err.println("  " + e.hint());
            return e.reason().exitCode();
        }
    }
}
