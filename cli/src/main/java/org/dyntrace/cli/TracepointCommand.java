package org.dyntrace.cli;

import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TargetedTracepoint;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What the commands that change one tracepoint have in common: which one, and how it is found. */
abstract class TracepointCommand implements Runnable {
    private final String doing;

    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(paramLabel = "<pid|name>:<tracepoint>", description = "The process and the tracepoint's name.")
    private String tracepoint;

    /**
     * A command.
     *
     * @param doing what is told while it takes its time
     */
    TracepointCommand(String doing) {
        this.doing = doing;
    }

    @Override
    public final void run() {
        TargetedTracepoint which = TargetedTracepoint.parse(tracepoint);
        try (DaemonConnection daemon = dyntrace.connect()) {
            long pid = daemon.daemon().find(which.target().toString()).getPid();
            ProcessMXBean process = daemon.process(pid);
            TracepointInfo changed = Progress.during(
                    doing + " " + which, () -> Progress.of(process), () -> change(process, which.name()));
            tell(process, pid, changed);
        }
    }

    /** {@return the tracepoint as it is now, or null when it is gone} */
    abstract TracepointInfo change(ProcessMXBean process, String name);

    /** Says what there is to say of it. */
    void tell(ProcessMXBean process, long pid, TracepointInfo changed) {
        // Nothing: it is as was asked.
    }
}
