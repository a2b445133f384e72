package org.dyntrace.cli;

import java.util.List;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace list-processes} */
@Command(
        name = "list-processes",
        header = "Lists the processes that hold an agent.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyntrace list-processes",
            "  dyntrace list-processes --attachable   those that have none, and may get one",
            "  dyntrace list-processes --json"
        })
final class ListProcesses implements Runnable {
    @ParentCommand
    private Dyntrace dyntrace;

    @Option(
            names = "--json",
            description = "As a JSON array of objects: pid, name, kind, uid, owner, command, startTime, tracepoints.")
    private boolean json;

    @Option(names = "--attachable", description = "The processes that have no agent, and may get one.")
    private boolean attachable;

    @Override
    public void run() {
        try (DaemonConnection daemon = dyntrace.connect();
                Stdout out = new Stdout()) {
            List<ProcessInfo> processes = Progress.during(
                    "listing processes",
                    () -> attachable
                            ? daemon.daemon().listAttachable()
                            : daemon.daemon().listProcesses());
            if (json) {
                try (Json array = new Json(out)) {
                    processes.forEach(array::process);
                }
                return;
            }
            Table table = new Table("PID", "NAME", "KIND", "UID", "TRACEPOINTS", "COMMAND");
            for (ProcessInfo process : processes) {
                table.row(
                        process.getPid(),
                        process.getName(),
                        process.getKind(),
                        process.getUid(),
                        process.getTracepoints(),
                        process.getCommand());
            }
            table.print(out);
        }
    }
}
