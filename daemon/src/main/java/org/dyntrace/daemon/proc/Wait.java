package org.dyntrace.daemon.proc;

import java.util.concurrent.locks.LockSupport;

/**
 * Waiting for something that another process is about to do, usually within microseconds. What it waits for often needs this very
 * processor, so it gives that away each time: by yielding, which is quickest on a machine with little to do. On a busy one a
 * yield lets everyone else have a whole turn; once that happens, short sleeps take the yield's place for a while.
 */
public final class Wait {
    private static final long YIELDING_NANOS = 1_000_000;
    private static final long BUSY_YIELD_NANOS = 2_000_000;
    private static final long BUSY_SPELL_NANOS = 1_000_000_000;
    private static final long NAP_NANOS = 20_000;

    private static volatile long busyUntil = System.nanoTime();

    private final long began = System.nanoTime();

    /** Passes a moment. */
    public void pause() {
        long before = System.nanoTime();
        if (before - began > YIELDING_NANOS || before - busyUntil < 0) {
            LockSupport.parkNanos(NAP_NANOS);
            return;
        }
        Libc.sched_yield();
        long after = System.nanoTime();
        if (after - before > BUSY_YIELD_NANOS) {
            busyUntil = after + BUSY_SPELL_NANOS;
        }
    }
}
