package org.dyntrace.jfrbridge.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.EventType;
import org.dyntrace.jfrbridge.event.EventType.Origin;

/** What went on in JVMs meanwhile: collections, safepoints, locks. The latest ones, a bounded number. */
final class Intervals {
    private static final int MAX = 50_000;
    private static final Map<String, String> WHOLE_PROCESS = Map.of(
            "jdk.GCPhasePause", "GC pause",
            "jdk.GarbageCollection", "garbage collection",
            "jdk.ExecuteVMOperation", "VM operation",
            "jdk.SafepointStateSynchronization", "safepoint",
            "jdk.SafepointBegin", "safepoint");
    private static final Map<String, String> OWN_THREAD = Map.ofEntries(
            Map.entry("jdk.JavaMonitorEnter", "lock"),
            Map.entry("jdk.JavaMonitorWait", "Object.wait"),
            Map.entry("jdk.ThreadPark", "park"),
            Map.entry("jdk.ThreadSleep", "sleep"),
            Map.entry("jdk.SocketRead", "socket read"),
            Map.entry("jdk.SocketWrite", "socket write"),
            Map.entry("jdk.FileRead", "file read"),
            Map.entry("jdk.FileWrite", "file write"));

    private final Deque<Interval> recent = new ArrayDeque<>();
    private final Map<Integer, Long> pausedUntil = new HashMap<>();
    private long paused;

    private record Interval(long begin, long end, int pid, int tid, String what) {}

    void next(Event event) {
        EventType type = event.type();
        if (type.origin() != Origin.JFR || event.duration() == 0) {
            return;
        }
        String process = WHOLE_PROCESS.get(type.name());
        String what = process == null ? OWN_THREAD.get(type.name()) : process;
        if (what == null) {
            return;
        }
        long end = event.time() + event.duration();
        recent.add(new Interval(event.time(), end, event.pid(), process == null ? event.tid() : -1, what));
        if (recent.size() > MAX) {
            recent.remove();
        }
        if (type.name().equals("jdk.GCPhasePause")) {
            paused += event.duration();
            pausedUntil.merge(event.pid(), end, Math::max);
        }
    }

    /** {@return whether a process stands still for its garbage collector at the time that we are at} */
    boolean isPaused(int pid, long time) {
        Long until = pausedUntil.get(pid);
        return until != null && time < until;
    }

    /** {@return how long processes stood still, in ns, together} */
    long paused() {
        return paused;
    }

    /** {@return what went on during a call, in words, with its time within the call} */
    List<String> during(int pid, int tid, long begin, long end) {
        Map<String, Long> sums = new LinkedHashMap<>();
        for (Interval interval : recent) {
            long overlap = Math.min(end, interval.end) - Math.max(begin, interval.begin);
            if (overlap > 0 && interval.pid == pid && (interval.tid < 0 || interval.tid == tid)) {
                sums.merge(interval.what, overlap, Long::sum);
            }
        }
        return sums.entrySet().stream()
                .map(e -> e.getKey() + " " + Words.time(Math.min(e.getValue(), end - begin)))
                .toList();
    }
}
