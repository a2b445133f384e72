package org.dyntrace.cli;

import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point of the {@code dyntrace} command. */
public final class Main {
    private Main() {}

    /**
     * Runs one command and ends the JVM with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        try {
            return commandLine().execute(arguments);
        } catch (RuntimeException | Error e) {
            return Complaint.about(DaemonConnection.failure(e));
        }
    }

    private static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Dyntrace());
        line.setColorScheme(Help.defaultColorScheme(Terminal.COLOURED_OUT ? Ansi.ON : Ansi.OFF));
        // Else @libc.so.6 would name a file with arguments.
        line.setExpandAtFiles(false);
        // What follows the tracer's word is the tracer's business.
        line.getSubcommands().get("add").setUnmatchedOptionsArePositionalParams(true);
        line.setSeparator(" ");
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.getSubcommands()
                .values()
                .forEach(verb -> verb.getCommandSpec()
                        .usageMessage()
                        .synopsisHeading("%nUsage: ")
                        .descriptionHeading("%n")
                        .parameterListHeading("%n")
                        .optionListHeading("%nOptions:%n"));
        line.setUsageHelpAutoWidth(false).setUsageHelpWidth(100);
        line.setParameterExceptionHandler((e, ignored) -> misused(e));
        line.setExecutionExceptionHandler(
                (e, ignored, result) -> e instanceof StdoutClosed ? 0 : Complaint.about(DaemonConnection.failure(e)));
        return line;
    }

    private static int misused(ParameterException e) {
        String what = e.getMessage();
        if (e instanceof UnmatchedArgumentException unmatched
                && e.getCommandLine().getCommand() instanceof Dyntrace) {
            what = "There is no command '" + unmatched.getUnmatched().get(0) + "'.";
        }
        String help = e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
        return Complaint.about(what, "Try '" + help + "'.", CommandLine.ExitCode.USAGE);
    }
}
