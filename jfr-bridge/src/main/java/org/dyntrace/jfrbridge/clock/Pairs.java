package org.dyntrace.jfrbridge.clock;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Hits that were recorded twice, by JFR and LTTng ({@code tracepoint with lttng --jfr}): the same moment by two clocks. */
public final class Pairs {
    /** For each side: 8 bytes each. */
    private static final int MAX = 3_000_000;
    /** Further apart than this, two hits are not the same one. */
    private static final long NEAR = 5_000_000;

    private final Map<Key, Longs> jfr = new HashMap<>();
    private final Map<Key, Longs> lttng = new HashMap<>();
    private int jfrSize;
    private int lttngSize;

    private record Key(int tid, long address) {}

    /**
     * A hit that was recorded twice.
     *
     * @param ticks by JFR, since the recording's beginning
     * @param nanos by LTTng, since 1970
     */
    record Pair(long ticks, long nanos) {}

    /** {@return whether JFR has such hits} */
    public boolean isEmpty() {
        return jfr.isEmpty();
    }

    void jfr(int tid, long address, long ticks) {
        if (jfrSize < MAX) {
            jfrSize++;
            jfr.computeIfAbsent(new Key(tid, address), k -> new Longs()).add(ticks);
        }
    }

    /**
     * Adds a hit by LTTng.
     *
     * @return whether more of them are of use
     */
    public boolean lttng(int tid, long address, long nanos) {
        Key key = new Key(tid, address);
        if (lttngSize < MAX && jfr.containsKey(key)) {
            lttngSize++;
            lttng.computeIfAbsent(key, k -> new Longs()).add(nanos);
        }
        return lttngSize < MAX;
    }

    /** {@return the pairs, in the order of time; a map that is not exact yet tells which belong together} */
    List<Pair> match(ClockMap map) {
        List<Pair> pairs = new ArrayList<>();
        jfr.forEach((key, ticks) -> {
            Longs nanos = lttng.get(key);
            if (nanos != null) {
                match(ticks.sorted(), nanos.sorted(), map, pairs);
            }
        });
        pairs.sort(Comparator.comparingLong(Pair::ticks));
        return pairs;
    }

    private static void match(long[] ticks, long[] nanos, ClockMap map, List<Pair> pairs) {
        if (ticks.length == nanos.length) {
            for (int i = 0; i < ticks.length; i++) {
                pairs.add(new Pair(ticks[i], nanos[i]));
            }
            return;
        }
        int at = 0;
        for (long tick : ticks) {
            long about = map.nanos((double) tick);
            while (at + 1 < nanos.length && Math.abs(nanos[at + 1] - about) <= Math.abs(nanos[at] - about)) {
                at++;
            }
            if (Math.abs(nanos[at] - about) < NEAR) {
                pairs.add(new Pair(tick, nanos[at]));
            }
        }
    }
}
