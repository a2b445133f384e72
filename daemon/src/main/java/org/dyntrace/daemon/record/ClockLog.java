package org.dyntrace.daemon.record;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** CLOCK_MONOTONIC and CLOCK_REALTIME, read together now and then: who sets the wall clock meanwhile is found out by that. */
final class ClockLog {
    private static final int MAX = 10_000;
    private static final int TRIES = 5;

    private final List<Sample> samples = new ArrayList<>();

    /** Both clocks, in ns. */
    record Sample(long monotonic, long realtime) {}

    /** Reads both; of a few tries the quickest, in which the thread did not lose its processor. */
    synchronized void sample() {
        if (samples.size() == MAX) {
            // Every second one is enough then.
            List<Sample> half = new ArrayList<>();
            for (int i = 0; i < MAX; i += 2) {
                half.add(samples.get(i));
            }
            samples.clear();
            samples.addAll(half);
        }
        Sample best = null;
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long before = System.nanoTime();
            Instant now = Instant.now();
            long took = System.nanoTime() - before;
            if (took < shortest) {
                shortest = took;
                best = new Sample(before + took / 2, now.getEpochSecond() * 1_000_000_000L + now.getNano());
            }
        }
        samples.add(best);
    }

    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }
}
