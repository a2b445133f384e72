package org.dyntrace.jmc.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.dyntrace.mbeans.TracepointInfo;

/** How fast the tracepoints of a process are hit, from their counts at each look. */
public final class Rates {
    /** So many rates of a tracepoint are kept: two minutes at one a second. */
    public static final int KEPT = 120;

    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Map<String, Deque<Double>> rates = new HashMap<>();
    private Map<String, Long> counts = Map.of();
    private long looked;

    /** Forgets all, for another process. */
    public void clear() {
        rates.clear();
        counts = Map.of();
    }

    /**
     * Takes the counts of a look.
     *
     * @param nanos when that was, on the clock of System.nanoTime, after the look before
     * @param tracepoints all tracepoints of the process
     */
    public void add(long nanos, List<TracepointInfo> tracepoints) {
        double seconds = (nanos - looked) / NANOS;
        Map<String, Long> now = new HashMap<>();
        for (TracepointInfo each : tracepoints) {
            now.put(each.getName(), each.getHits());
            Long before = counts.get(each.getName());
            if (before != null && before > each.getHits()) {
                // Another tracepoint of the same name.
                rates.remove(each.getName());
            } else if (before != null && seconds > 0) {
                Deque<Double> kept = rates.computeIfAbsent(each.getName(), name -> new ArrayDeque<>());
                kept.addLast((each.getHits() - before) / seconds);
                if (kept.size() > KEPT) {
                    kept.removeFirst();
                }
            }
        }
        rates.keySet().retainAll(now.keySet());
        counts = now;
        looked = nanos;
    }

    /**
     * The latest rate.
     *
     * @param name of the tracepoint
     * @return hits per second between the last two looks; NaN when there were none
     */
    public double latest(String name) {
        Deque<Double> kept = rates.get(name);
        return kept == null ? Double.NaN : kept.getLast();
    }

    /**
     * The rates that are kept.
     *
     * @param name of the tracepoint
     * @return hits per second, the latest last; {@value #KEPT} at the most
     */
    public List<Double> kept(String name) {
        return List.copyOf(rates.getOrDefault(name, new ArrayDeque<>()));
    }
}
