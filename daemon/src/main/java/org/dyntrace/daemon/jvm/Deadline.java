package org.dyntrace.daemon.jvm;

import java.time.Duration;

/**
 * When to give up.
 *
 * @param nanos on the clock of System.nanoTime
 */
record Deadline(long nanos) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    boolean isOver() {
        return nanos - System.nanoTime() <= 0;
    }

    /** {@return milliseconds that are left, rounded up, at most so many} */
    int milliseconds(int most) {
        return (int) Math.max(0, Math.min(most, (nanos - System.nanoTime() + 999_999) / 1_000_000));
    }
}
