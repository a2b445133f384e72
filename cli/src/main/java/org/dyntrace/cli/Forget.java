package org.dyntrace.cli;

import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace forget <set>} */
@Command(
        name = "forget",
        header = "Applies a persistent set to no further process.",
        description = "Tracepoints that it has placed stay.",
        footerHeading = "%nExamples:%n",
        footer = {"  dyntrace forget web"})
final class Forget implements Runnable {
    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(paramLabel = "<set>", description = "Its name, see 'dyntrace list-sets'.")
    private String set;

    @Override
    public void run() {
        try (DaemonConnection daemon = dyntrace.connect()) {
            daemon.daemon().forget(set);
        }
    }
}
