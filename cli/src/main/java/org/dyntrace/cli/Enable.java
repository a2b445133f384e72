package org.dyntrace.cli;

import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TargetedTracepoint;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace enable <pid|name>:<tracepoint>} */
@Command(
        name = "enable",
        header = "Puts a disabled tracepoint back into its places.",
        description = {
            "All places get it in one stop of the process. Those that can't be had any more, since their library has been unloaded or"
                    + " someone else has changed the code, are reported on stderr with the reason, and do not fail the others.",
            "",
            "Does nothing when it is enabled."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace enable 4711:tp-0", "  dyntrace enable bash:reads"})
final class Enable implements Runnable {
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
            TracepointInfo enabled = Progress.during(
                    "enabling " + which, () -> Progress.of(process), () -> process.enable(which.name()));
            MissingSites.tell(process, pid, enabled);
        }
    }
}
