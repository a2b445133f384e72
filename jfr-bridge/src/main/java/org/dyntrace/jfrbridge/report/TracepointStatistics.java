package org.dyntrace.jfrbridge.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.HdrHistogram.Histogram;
import org.dyntrace.jfrbridge.event.Place;

/** What is counted for a tracepoint. */
public final class TracepointStatistics {
    private static final int DIGITS = 3;
    private static final int SLOWEST = 5;
    private static final int MAX_THREADS = 10_000;

    private final Place place;
    private final int pid;
    private long hits;
    private long entries;
    private long exits;
    private long exitsMissing;
    private long entriesMissing;
    private long duringGc;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private Histogram durations;
    private final Map<Integer, Long> threads = new HashMap<>();
    private final PriorityQueue<SlowCall> slowest = new PriorityQueue<>(Comparator.comparingLong(SlowCall::duration));

    /**
     * A call that took long.
     *
     * @param begin in ns since 1970
     * @param duration in ns
     * @param tid its thread
     * @param inner how much of it was in recorded calls below, in ns
     * @param coincided what else happened meanwhile, in words
     */
    public record SlowCall(long begin, long duration, int tid, long inner, List<String> coincided) {}

    TracepointStatistics(Place place, int pid) {
        this.place = place;
        this.pid = pid;
    }

    private void seen(long time, int tid, boolean inGc) {
        first = Math.min(first, time);
        last = Math.max(last, time);
        duringGc += inGc ? 1 : 0;
        if (threads.size() < MAX_THREADS || threads.containsKey(tid)) {
            threads.merge(tid, 1L, Long::sum);
        }
    }

    void hit(long time, int tid, boolean inGc) {
        hits++;
        seen(time, tid, inGc);
    }

    void entry(long time, int tid, boolean inGc) {
        entries++;
        seen(time, tid, inGc);
    }

    void exit(long time) {
        exits++;
        last = Math.max(last, time);
    }

    void exitMissing() {
        exitsMissing++;
    }

    void entryMissing() {
        entriesMissing++;
    }

    void call(long duration) {
        if (durations == null) {
            durations = new Histogram(DIGITS);
        }
        durations.recordValue(Math.max(0, duration));
    }

    boolean isAmongSlowest(long duration) {
        return slowest.size() < SLOWEST || duration > slowest.peek().duration();
    }

    void slow(SlowCall call) {
        slowest.add(call);
        if (slowest.size() > SLOWEST) {
            slowest.remove();
        }
    }

    /** {@return where it is} */
    public Place place() {
        return place;
    }

    /** {@return its name, or the function's, or the address} */
    public String name() {
        return place.tracepoint().isEmpty() ? place.words() : place.tracepoint();
    }

    /** {@return its process, or -1} */
    public int pid() {
        return pid;
    }

    /** {@return hits of a point tracepoint} */
    public long hits() {
        return hits;
    }

    /** {@return entries} */
    public long entries() {
        return entries;
    }

    /** {@return exits} */
    public long exits() {
        return exits;
    }

    /** {@return entries whose exit is not in the recording, though their caller's is} */
    public long exitsMissing() {
        return exitsMissing;
    }

    /** {@return exits whose entry is not in the recording} */
    public long entriesMissing() {
        return entriesMissing;
    }

    /** {@return hits and entries while the JVM stood still for its garbage collector} */
    public long duringGc() {
        return duringGc;
    }

    /** {@return when it was hit first, in ns since 1970} */
    public long first() {
        return first;
    }

    /** {@return when it was hit last, in ns since 1970} */
    public long last() {
        return last;
    }

    /** {@return hits and entries} */
    public long times() {
        return hits + entries;
    }

    /** {@return how long calls took, in ns; null if there was none} */
    public Histogram durations() {
        return durations;
    }

    /** {@return hits and entries by thread} */
    public Map<Integer, Long> threads() {
        return threads;
    }

    /** {@return the slowest calls, the slowest first} */
    public List<SlowCall> slowest() {
        List<SlowCall> sorted = new ArrayList<>(slowest);
        sorted.sort(Comparator.comparingLong(SlowCall::duration).reversed());
        return sorted;
    }
}
