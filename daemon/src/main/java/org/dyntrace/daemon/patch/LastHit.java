package org.dyntrace.daemon.patch;

/** When a counter last grew, as far as looks at it from time to time can tell. */
final class LastHit {
    private long seen;
    private long lookedNanos;
    private long at;
    private long precision;

    /**
     * Begins.
     *
     * @param hits the count now
     */
    LastHit(long hits) {
        seen = hits;
        lookedNanos = System.nanoTime();
    }

    /** Takes note of the count now. */
    void look(long hits) {
        long now = System.nanoTime();
        if (hits != seen) {
            seen = hits;
            at = System.currentTimeMillis();
            precision = (now - lookedNanos + 999_999) / 1_000_000;
        }
        lookedNanos = now;
    }

    /** {@return when it grew at the latest, milliseconds since 1970; 0 if no look has seen that} */
    long at() {
        return at;
    }

    /** {@return how much earlier that may have been, milliseconds} */
    long precision() {
        return precision;
    }
}
