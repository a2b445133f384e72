package org.dyntrace.jfrbridge.report;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.dyntrace.jfrbridge.calls.CallTree;
import org.dyntrace.jfrbridge.calls.JniName;
import org.dyntrace.jfrbridge.clock.ClockError;
import org.dyntrace.jfrbridge.report.TracepointStatistics.SlowCall;
import org.dyntrace.jfrbridge.rules.Verdict;
import org.dyntrace.jfrbridge.timeline.Recording;

/** A report for people. */
public final class ReportText {
    private static final int MAX_TRACEPOINTS = 40;
    private static final int MAX_THREADS = 6;
    private static final int MAX_LINES = 60;
    private static final int BAR = 40;

    private final Report report;
    private final List<String> lines = new ArrayList<>();

    private ReportText(Report report) {
        this.report = report;
    }

    /**
     * {@return the report, line by line}
     *
     * @param report of a recording
     */
    public static List<String> of(Report report) {
        ReportText text = new ReportText(report);
        text.all();
        return text.lines;
    }

    private void line(String format, Object... values) {
        lines.add(String.format(Locale.ROOT, format, values));
    }

    private void all() {
        line("%,d events in %s, from %s on", report.events(), Words.time(report.length()), clock(report.begin()));
        clocks();
        List<TracepointStatistics> tracepoints = report.tracepoints();
        if (tracepoints.isEmpty()) {
            line("No tracepoint of dyntrace was hit.");
        }
        tracepoints.stream().limit(MAX_TRACEPOINTS).forEach(this::tracepoint);
        if (tracepoints.size() > MAX_TRACEPOINTS) {
            line("");
            line("%d more tracepoints are in the JSON output.", tracepoints.size() - MAX_TRACEPOINTS);
        }
        if (report.threadless() > 0) {
            line("");
            line(
                    "%,d entries and exits have no thread and can't be paired; record with: lttng add-context -u -t vpid -t vtid",
                    report.threadless());
        }
        seam();
        line("");
        line("Rules (0: nothing to see, 100: do something):");
        for (Verdict verdict : report.verdicts()) {
            line("  %3.0f  %s: %s", verdict.score(), verdict.rule().title(), verdict.summary());
            if (!verdict.explanation().isEmpty()) {
                line("       %s", verdict.explanation());
                line("       %s", verdict.solution());
            }
        }
    }

    private void clocks() {
        for (Recording.Clock clock : report.recording().clocks()) {
            line("clock of %s: %s", clock.file().getFileName(), clock.method());
            if (clock.error().isPresent()) {
                ClockError error = clock.error().get();
                line(
                        "  %,d %s: median %s, p99 %s, longest %s",
                        error.pairs(),
                        error.hits()
                                ? "hits that both recorded are apart"
                                : "samples of both clocks are off what their neighbours say",
                        Words.time(error.median()),
                        Words.time(error.p99()),
                        Words.time(error.max()));
            } else {
                line("  its error is not measured: that takes a Java tracepoint with --jfr, for 3 seconds");
            }
        }
    }

    private void tracepoint(TracepointStatistics its) {
        line("");
        String name = its.place().tracepoint();
        line(
                "%s%s%s",
                name.isEmpty() ? "" : name + ": ", its.place().words(), its.pid() < 0 ? "" : ", process " + its.pid());
        double seconds = Math.max(1, report.length()) / 1e9;
        line("  %,d times, %s%s", its.times(), Words.rate(its.times() / seconds), missing(its));
        Histogram durations = its.durations();
        if (durations != null) {
            line(
                    "  calls: %,d, min %s, median %s, p90 %s, p99 %s, p99.9 %s, longest %s, mean %s",
                    durations.getTotalCount(),
                    Words.time(durations.getMinValue()),
                    Words.time(durations.getValueAtPercentile(50)),
                    Words.time(durations.getValueAtPercentile(90)),
                    Words.time(durations.getValueAtPercentile(99)),
                    Words.time(durations.getValueAtPercentile(99.9)),
                    Words.time(durations.getMaxValue()),
                    Words.time(Math.round(durations.getMean())));
            histogram(durations);
        }
        line("  threads: %s", threads(its));
        for (SlowCall call : its.slowest()) {
            line(
                    "  slow: %s at %s on %s%s%s",
                    Words.time(call.duration()),
                    clock(call.begin()),
                    thread(call.tid()),
                    call.inner() > 0 ? ", " + Words.time(call.inner()) + " of it in recorded calls below" : "",
                    call.coincided().isEmpty() ? "" : ", with " + String.join(", ", call.coincided()));
        }
    }

    private static String missing(TracepointStatistics its) {
        return (its.exitsMissing() > 0 ? String.format(Locale.ROOT, ", %,d exits missing", its.exitsMissing()) : "")
                + (its.entriesMissing() > 0
                        ? String.format(Locale.ROOT, ", %,d entries missing", its.entriesMissing())
                        : "")
                + (its.duringGc() > 0 ? String.format(Locale.ROOT, ", %,d during GC pauses", its.duringGc()) : "");
    }

    /** Powers of four. */
    private void histogram(Histogram durations) {
        List<Long> counts = new ArrayList<>();
        List<Long> bounds = new ArrayList<>();
        long low = 0;
        for (long high = 64; low <= durations.getMaxValue() && high > 0; high *= 4) {
            counts.add(durations.getCountBetweenValues(low, high - 1));
            bounds.add(high);
            low = high;
        }
        long most = counts.stream().mapToLong(Long::longValue).max().orElse(1);
        int from = 0;
        while (counts.get(from) == 0) {
            from++;
        }
        for (int i = from; i < counts.size(); i++) {
            line(
                    "  %10s  %-" + BAR + "s %,d",
                    "< " + Words.time(bounds.get(i)),
                    "#".repeat((int) Math.ceil((double) BAR * counts.get(i) / Math.max(1, most))),
                    counts.get(i));
        }
    }

    private String threads(TracepointStatistics its) {
        List<Map.Entry<Integer, Long>> sorted = new ArrayList<>(its.threads().entrySet());
        sorted.sort(Map.Entry.<Integer, Long>comparingByValue(Comparator.reverseOrder()));
        String most = sorted.stream()
                .limit(MAX_THREADS)
                .map(e -> String.format(Locale.ROOT, "%s %,d", thread(e.getKey()), e.getValue()))
                .collect(Collectors.joining(", "));
        return sorted.size() > MAX_THREADS ? most + ", and " + (sorted.size() - MAX_THREADS) + " more" : most;
    }

    private String thread(int tid) {
        if (tid < 0) {
            return "unknown thread";
        }
        String name = report.recording().threads().get(tid);
        return name == null ? "thread " + tid : name + " (" + tid + ")";
    }

    private void seam() {
        report.tree().roots().forEach((pid, root) -> {
            List<CallTree.Node> seams =
                    root.children().stream().filter(CallTree.Node::hasSeam).toList();
            if (seams.isEmpty()) {
                return;
            }
            line("");
            line("Java and native calls of process %d, by thread's order of calls:", pid);
            int before = lines.size();
            for (CallTree.Node node : seams) {
                node(node, 1, before);
            }
        });
    }

    private void node(CallTree.Node node, int depth, int before) {
        if (lines.size() - before >= MAX_LINES) {
            return;
        }
        String method = JniName.method(node.place().symbol())
                .map(m -> m + " (native), by ")
                .orElse("");
        line(
                "%s%s%s%s: %,d calls, %s, %s in itself",
                "  ".repeat(depth),
                node.place().isJava() ? "" : "-> ",
                method,
                node.place().words(),
                node.calls(),
                Words.time(node.nanos()),
                Words.time(node.nanos() - node.below()));
        for (CallTree.Node child : node.children()) {
            node(child, depth + 1, before);
        }
    }

    private static String clock(long nanos) {
        return nanos == Long.MAX_VALUE
                ? "-"
                : Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
                        .atZone(ZoneId.systemDefault())
                        .toLocalTime()
                        .toString();
    }
}
