package org.dyntrace.cli;

import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TargetedTracepoint;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace disable <pid|name>:<tracepoint>} */
@Command(
        name = "disable",
        header = "Takes a tracepoint out of the code, and keeps its name, counts, tracer and log file.",
        description = {
            "The code is then as it was, and a call costs what it did. Calls that have begun still get their exits. 'dyntrace enable'"
                    + " puts it back, also after the daemon has been restarted.",
            "",
            "Does nothing when it is disabled."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace disable 4711:tp-0", "  dyntrace disable bash:reads"})
final class Disable implements Runnable {
    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(paramLabel = "<pid|name>:<tracepoint>", description = "The process and the tracepoint's name.")
    private String tracepoint;

    @Override
    public void run() {
        TargetedTracepoint which = TargetedTracepoint.parse(tracepoint);
        try (DaemonConnection daemon = dyntrace.connect()) {
            ProcessMXBean process = daemon.process(
                    daemon.daemon().find(which.target().toString()).getPid());
            Progress.during("disabling " + which, () -> Progress.of(process), () -> process.disable(which.name()));
        }
    }
}
