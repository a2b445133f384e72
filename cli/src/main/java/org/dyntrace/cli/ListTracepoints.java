package org.dyntrace.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.Target;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace list-tracepoints <pid|name> [-a]} */
@Command(
        name = "list-tracepoints",
        header = "Lists the tracepoints of a process, with how often each was hit.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyntrace list-tracepoints 4711",
            "  dyntrace list-tracepoints 4711 -a           with every place, its address and its state",
            "  dyntrace list-tracepoints 4711 --json"
        })
final class ListTracepoints implements Runnable {
    @ParentCommand
    private Dyntrace dyntrace;

    @Parameters(paramLabel = "<pid|name>", description = "The process.")
    private String process;

    @Option(names = "-a", description = "Everything that is known of each.")
    private boolean all;

    @Option(
            names = "--json",
            description =
                    "As a JSON array of objects: name, location, entryExit, tracer, arguments, uid, enabled, hits, exits, lost,"
                            + " lastHit (ms since 1970, 0 if unknown), lastHitPrecision (ms),"
                            + " and sites with address, symbol, module, state, reason.")
    private boolean json;

    @Override
    public void run() {
        String target = Target.parse(process).toString();
        try (DaemonConnection daemon = dyntrace.connect();
                Stdout out = new Stdout()) {
            long pid = daemon.daemon().find(target).getPid();
            ProcessMXBean process = daemon.process(pid);
            List<TracepointInfo> tracepoints = Progress.during("listing tracepoints", process::listTracepoints);
            if (json) {
                try (Json array = new Json(out)) {
                    tracepoints.forEach(
                            tracepoint -> array.tracepoint(tracepoint, Sites.of(process, tracepoint.getName(), false)));
                }
            } else if (all) {
                tracepoints.forEach(
                        tracepoint -> everything(tracepoint, Sites.of(process, tracepoint.getName(), false), out));
            } else {
                overview(tracepoints, out);
            }
        }
    }

    private static void overview(List<TracepointInfo> tracepoints, Stdout out) {
        Table table = new Table("NAME", "LOCATION", "TRACER", "HITS");
        for (TracepointInfo tracepoint : tracepoints) {
            table.row(tracepoint.getName(), tracepoint.getLocation(), tracepoint.getTracer(), hits(tracepoint));
        }
        table.print(out);
    }

    private static String hits(TracepointInfo tracepoint) {
        return tracepoint.getHits()
                + (tracepoint.isWaiting() ? " (waiting for its module)" : tracepoint.isEnabled() ? "" : " (disabled)");
    }

    private static void everything(TracepointInfo tracepoint, List<SiteInfo> sites, Stdout out) {
        out.line(tracepoint.getName());
        detail(out, "location", tracepoint.getLocation());
        detail(out, "kind", tracepoint.isEntryExit() ? "entry/exit" : "point");
        detail(out, "tracer", (tracepoint.getTracer() + " " + String.join(" ", tracepoint.getArguments())).strip());
        detail(out, "enabled", tracepoint.isEnabled() ? "yes" : "no");
        detail(out, "uid", tracepoint.getUid());
        detail(out, "hits", tracepoint.getHits());
        if (tracepoint.isEntryExit()) {
            detail(out, "exits", tracepoint.getExits());
        }
        detail(out, "lost", tracepoint.getLost());
        if (tracepoint.getLastHit() != 0) {
            detail(out, "last hit", lastHit(tracepoint));
        }
        detail(out, "sites", sites.size());
        for (SiteInfo site : sites) {
            out.line(String.format(
                            "    %#018x %s %s %s %s",
                            site.getAddress(), site.getModule(), site.getSymbol(), site.getState(), site.getReason())
                    .stripTrailing());
        }
    }

    private static String lastHit(TracepointInfo tracepoint) {
        return Instant.ofEpochMilli(tracepoint.getLastHit())
                        .atZone(ZoneId.systemDefault())
                        .toLocalDateTime()
                        .truncatedTo(ChronoUnit.MILLIS)
                + ", or up to " + tracepoint.getLastHitPrecision() + " ms before";
    }

    private static void detail(Stdout out, String name, Object value) {
        out.line(String.format("  %-9s %s", name, value));
    }
}
