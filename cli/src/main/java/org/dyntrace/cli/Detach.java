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
        header = "Removes all tracepoints of a process and takes the agent out of it.",
        description = {
            "Nothing of a native agent stays: no thread, no open file, no memory. Where its library can't be unmapped, since the program"
                    + " was started with it or LTTng-UST was loaded for it, that is said on stderr.",
            "",
            "'dyntrace verify' tells afterwards whether all code is as in its files; 'dyntrace attach' brings the agent back."
        },
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
            String stays = Progress.during("detaching from " + target, () -> Progress.of(found), found::detach);
            if (!stays.isEmpty()) {
                Complaint.warning(stays);
            }
        }
    }
}
