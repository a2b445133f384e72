package org.dyntrace.jfrbridge.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dyntrace.jfrbridge.calls.Call;
import org.dyntrace.jfrbridge.calls.CallTree;
import org.dyntrace.jfrbridge.calls.Calls;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.EventType.Kind;
import org.dyntrace.jfrbridge.event.EventType.Origin;
import org.dyntrace.jfrbridge.event.Place;
import org.dyntrace.jfrbridge.event.Source;
import org.dyntrace.jfrbridge.rules.Facts;
import org.dyntrace.jfrbridge.rules.Judgement;
import org.dyntrace.jfrbridge.rules.TracepointFacts;
import org.dyntrace.jfrbridge.rules.Verdict;
import org.dyntrace.jfrbridge.timeline.Recording;

/** What a recording says about its tracepoints, found in one pass. */
public final class Report {
    private final Map<Key, TracepointStatistics> tracepoints = new LinkedHashMap<>();
    private final Intervals intervals = new Intervals();
    private final CallTree tree = new CallTree();
    private final Calls calls = new Calls(this::ended, this::exitMissing, this::entryMissing);
    private final Recording recording;
    private long events;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private long open;
    private int pid;

    private record Key(Origin origin, int pid, long address) {}

    private Report(Recording recording) {
        this.recording = recording;
    }

    /**
     * Reads a recording.
     *
     * @param recording not read yet
     * @return the report
     * @throws IOException when files can't be read
     */
    public static Report of(Recording recording) throws IOException {
        Report report = new Report(recording);
        try (Source source = recording.withClockCheck().events()) {
            for (Event event = source.next(); event != null; event = source.next()) {
                report.next(event);
            }
        }
        report.open = report.calls.finish();
        report.tracepoints
                .keySet()
                .removeIf(k -> k.origin == Origin.JFR
                        && report.tracepoints.containsKey(new Key(Origin.LTTNG, k.pid, k.address)));
        return report;
    }

    private void next(Event event) {
        events++;
        first = Math.min(first, event.time());
        last = Math.max(last, event.time() + event.duration());
        intervals.next(event);
        Kind kind = event.type().kind();
        if (kind == Kind.OTHER || kind == Kind.INFO) {
            return;
        }
        TracepointStatistics its = statistics(event.type().origin(), event.pid(), event.place());
        boolean paused = intervals.isPaused(event.pid(), event.time());
        if (kind == Kind.HIT) {
            its.hit(event.time(), event.tid(), paused);
        } else if (kind == Kind.EXIT) {
            its.exit(event.time());
        } else {
            its.entry(event.time(), event.tid(), paused);
        }
        pid = event.pid();
        calls.next(event);
        if (kind == Kind.CALL) {
            its.exit(event.time() + event.duration());
        }
    }

    private TracepointStatistics statistics(Origin origin, int process, Place place) {
        return tracepoints.computeIfAbsent(
                new Key(origin, process, place.address()), k -> new TracepointStatistics(place, process));
    }

    private TracepointStatistics statistics(int process, Place place) {
        TracepointStatistics lttng = tracepoints.get(new Key(Origin.LTTNG, process, place.address()));
        return lttng == null ? statistics(Origin.JFR, process, place) : lttng;
    }

    private void ended(Call call) {
        TracepointStatistics its = statistics(call.pid(), call.place());
        its.call(call.duration());
        tree.add(call);
        if (its.isAmongSlowest(call.duration())) {
            its.slow(new TracepointStatistics.SlowCall(
                    call.begin(),
                    call.duration(),
                    call.tid(),
                    call.inner(),
                    intervals.during(call.pid(), call.tid(), call.begin(), call.end())));
        }
    }

    private void exitMissing(Place place) {
        statistics(pid, place).exitMissing();
    }

    private void entryMissing(Place place) {
        statistics(pid, place).entryMissing();
    }

    /** {@return all events that were read} */
    public long events() {
        return events;
    }

    /** {@return from the first event to the last, in ns; 0 without events} */
    public long length() {
        return events == 0 ? 0 : last - first;
    }

    /** {@return when the first event was, in ns since 1970} */
    public long begin() {
        return first;
    }

    /** {@return the tracepoints, those that were hit most first} */
    public List<TracepointStatistics> tracepoints() {
        List<TracepointStatistics> sorted = new ArrayList<>(tracepoints.values());
        sorted.sort(Comparator.comparingLong(TracepointStatistics::times).reversed());
        return sorted;
    }

    /** {@return calls that had not ended when the recording did} */
    public long open() {
        return open;
    }

    /** {@return entries and exits that can't be paired, since the recording does not tell their threads} */
    public long threadless() {
        return calls.threadless();
    }

    /** {@return which functions were called below which} */
    public CallTree tree() {
        return tree;
    }

    /** {@return what it was read from} */
    public Recording recording() {
        return recording;
    }

    /** {@return what the rules say} */
    public List<Verdict> verdicts() {
        List<TracepointFacts> facts = tracepoints().stream()
                .map(t -> new TracepointFacts(
                        t.name(),
                        t.place().words(),
                        t.hits(),
                        t.entries(),
                        t.exitsMissing(),
                        t.durations() == null ? 0 : t.durations().getTotalCount(),
                        t.durations() == null ? 0 : t.durations().getValueAtPercentile(50),
                        t.durations() == null ? 0 : t.durations().getValueAtPercentile(99),
                        t.durations() == null ? 0 : t.durations().getMaxValue(),
                        t.durations() == null
                                ? 0
                                : Math.round(
                                        t.durations().getMean() * t.durations().getTotalCount()),
                        t.duringGc(),
                        t.threads().values().stream()
                                .mapToLong(Long::longValue)
                                .max()
                                .orElse(0)))
                .toList();
        Facts all = new Facts(facts, length(), intervals.paused());
        return List.of(Judgement.values()).stream().map(j -> j.of(all)).toList();
    }
}
