package org.dyntrace.cli;

import java.util.List;
import org.dyntrace.mbeans.KeptSetInfo;
import org.dyntrace.mbeans.TracepointSet;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace list-sets} */
@Command(
        name = "list-sets",
        header = "Lists the sets of tracepoints that are applied to processes that start.",
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace list-sets", "  dyntrace list-sets --json"})
final class ListSets implements Runnable {
    @ParentCommand
    private Dyntrace dyntrace;

    @Option(names = "--json", description = "As a JSON array of objects: name, uid, text.")
    private boolean json;

    @Override
    public void run() {
        try (DaemonConnection daemon = dyntrace.connect();
                Stdout out = new Stdout()) {
            List<KeptSetInfo> sets = daemon.daemon().listSets();
            if (json) {
                try (Json array = new Json(out)) {
                    sets.forEach(array::set);
                }
                return;
            }
            Table table = new Table("NAME", "UID", "TRACEPOINTS", "PROGRAM");
            for (KeptSetInfo set : sets) {
                for (TracepointSet.Part part :
                        TracepointSet.parse(set.getText()).parts()) {
                    table.row(
                            set.getName(),
                            set.getUid(),
                            part.tracepoints().size(),
                            part.key().name());
                }
            }
            table.print(out);
        }
    }
}
