package org.dyntrace.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself: what all verbs have in common. */
@Command(
        name = "dyntrace",
        versionProvider = Dyntrace.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        synopsisHeading = "%nUsage: ",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        header = "Puts tracepoints on functions of running processes, and takes them out again.",
        subcommands = {
            Attach.class,
            Detach.class,
            ListProcesses.class,
            ListSymbols.class,
            ListTracepoints.class,
            Add.class,
            Disable.class,
            Enable.class,
            Rm.class,
            Watch.class,
            Verify.class,
            Save.class,
            Apply.class,
            ListSets.class,
            Forget.class,
            Jconsole.class,
            RecordCommand.class,
            Timeline.class,
            Report.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done.",
            "1:The request failed; the message says why and what to do.",
            "2:Wrong usage.",
            "3:No daemon answers.",
            "4:Not permitted."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyntraced --daemonize                     start the daemon, as root",
            "  dyntrace attach 4711                      load the agent into process 4711",
            "  dyntrace list-symbols 4711 'mem*@libc.so.6'",
            "  dyntrace add 4711:malloc@libc.so.6 -e lttng",
            "  dyntrace list-tracepoints 4711",
            "  dyntrace watch 4711                       hits per second, again and again",
            "  dyntrace disable 4711:tp-0                take it out of the code, and keep it for later",
            "  dyntrace enable 4711:tp-0",
            "  dyntrace rm 4711:tp-0",
            "  dyntrace verify 4711                      prove that its code is as in its files",
            "  dyntrace record start -n slow 4711        record LTTng and that JVM's Flight Recorder together",
            "  dyntrace record stop slow",
            "  dyntrace timeline recording/              show what LTTng and JFR have recorded on one clock"
        })
@SuppressWarnings("UnusedVariable") // picocli itself looks at help and version
final class Dyntrace implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--rundir",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "The daemon's run directory. Default: DYNTRACE_RUNDIR; else that of your own daemon, if one"
                    + " runs; else /run/dyntrace.")
    private Path rundir;

    @Option(
            names = "--user",
            scope = ScopeType.INHERIT,
            description = "Use your own daemon, in XDG_RUNTIME_DIR/dyntrace.")
    private boolean user;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    private boolean version;

    /** {@return a connection to the daemon that the options name} */
    DaemonConnection connect() {
        return DaemonConnection.open(directory());
    }

    /** {@return the run directory that the options name} */
    RunDirectory directory() {
        return RunDirectory.forClient(Optional.ofNullable(rundir), user);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing.");
    }

    /** Tells the version that the build has written into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Dyntrace.class.getPackage().getImplementationVersion();
            return new String[] {"dyntrace " + (version == null ? "(not packaged)" : version)};
        }
    }
}
