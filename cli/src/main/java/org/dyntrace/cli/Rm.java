package org.dyntrace.cli;

import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TracepointInfo;
import picocli.CommandLine.Command;

/** {@code dyntrace rm <pid|name>:<tracepoint>} */
@Command(
        name = "rm",
        header = "Removes a tracepoint; the code is then as it was.",
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace rm 4711:tp-0", "  dyntrace rm bash:reads"})
final class Rm extends TracepointCommand {
    Rm() {
        super("removing");
    }

    @Override
    TracepointInfo change(ProcessMXBean process, String name) {
        process.remove(name);
        return null;
    }
}
