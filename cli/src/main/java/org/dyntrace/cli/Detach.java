package org.dyntrace.cli;

import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.Target;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace detach <pid|name>} */
@Command(
        name = "detach",
        header = "Removes all Java tracepoints of a JVM and takes the agent out of it.",
        description = "The native agent can't be taken out yet; without tracepoints it sleeps.",
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace detach 4711", "  dyntrace detach jshell"})
final class Detach implements Runnable {
    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(paramLabel = "<pid|name>", description = "The process; a name must be that of only one.")
    private String process;

    @Override
    public void run() {
        String target = Target.parse(process).toString();
        try (DaemonConnection daemon = dyntrace.connect()) {
            ProcessMXBean found = daemon.process(daemon.daemon().find(target).getPid());
            Progress.during("detaching from " + target, () -> Progress.of(found), () -> {
                found.detach();
                return target;
            });
        }
    }
}
