package org.dyntrace.cli;

import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TracepointInfo;
import picocli.CommandLine.Command;

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
final class Enable extends TracepointCommand {
    Enable() {
        super("enabling");
    }

    @Override
    TracepointInfo change(ProcessMXBean process, String name) {
        return process.enable(name);
    }

    @Override
    void tell(ProcessMXBean process, long pid, TracepointInfo changed) {
        MissingSites.tell(process, pid, changed);
    }
}
