package org.dyntrace.cli;

import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TargetedTracepoint;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace rm <pid|name>:<tracepoint>} */
@Command(
        name = "rm",
        header = "Removes a tracepoint; the code is then as it was.",
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace rm 4711:tp-0", "  dyntrace rm bash:reads"})
final class Rm implements Runnable {
    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(paramLabel = "<pid|name>:<tracepoint>", description = "The process and the tracepoint's name.")
    private String tracepoint;

    @Override
    public void run() {
        TargetedTracepoint which = TargetedTracepoint.parse(tracepoint);
        try (DaemonConnection daemon = dyntrace.connect()) {
            long pid = daemon.daemon().find(which.target().toString()).getPid();
            ProcessMXBean process = daemon.process(pid);
            Progress.during("removing " + which, () -> Progress.of(process), () -> {
                process.remove(which.name());
                return which;
            });
        }
    }
}
