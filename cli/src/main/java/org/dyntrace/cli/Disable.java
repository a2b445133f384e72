package org.dyntrace.cli;

import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TracepointInfo;
import picocli.CommandLine.Command;

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
final class Disable extends TracepointCommand {
    Disable() {
        super("disabling");
    }

    @Override
    TracepointInfo change(ProcessMXBean process, String name) {
        return process.disable(name);
    }
}
