package org.dyntrace.daemon.jmx;

/** How fast a counter grows between looks at it. */
final class Rate {
    private static final long SHORTEST_NANOS = 1_000_000_000;

    private Look before;
    private Look last;

    private record Look(long count, long nanos) {}

    /** Begins with a count that is known. */
    Rate(long count) {
        last = new Look(count, System.nanoTime());
        before = last;
    }

    /** {@return what it has grown per second since the last look, or since the one before if that is less than a second ago} */
    synchronized double now(long count) {
        Look now = new Look(count, System.nanoTime());
        if (now.nanos - last.nanos >= SHORTEST_NANOS) {
            before = last;
            last = now;
        }
        long nanos = now.nanos - before.nanos;
        return nanos == 0 ? 0 : (now.count - before.count) * 1e9 / nanos;
    }
}
