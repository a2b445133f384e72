package org.dyntrace.cli;

import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.Target;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace attach <pid|name>} */
@Command(
        name = "attach",
        header = "Loads the agent into a running process.",
        description = "Does nothing when it holds one already. Prints the pid and the name of the process.",
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace attach 4711", "  dyntrace attach nginx"})
final class Attach implements Runnable {
    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(paramLabel = "<pid|name>", description = "The process; a name must be that of only one.")
    private String process;

    @Override
    public void run() {
        String target = Target.parse(process).toString();
        try (DaemonConnection daemon = dyntrace.connect();
                Stdout out = new Stdout()) {
            ProcessInfo attached = Progress.during(
                    "attaching to " + target, () -> daemon.daemon().attach(target));
            out.line(attached.getPid() + " " + attached.getName());
            if (!attached.getNote().isEmpty()) {
                Complaint.warning(attached.getNote());
            }
        }
    }
}
