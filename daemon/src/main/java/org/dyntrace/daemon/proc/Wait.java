package org.dyntrace.daemon.proc;

import java.util.concurrent.locks.LockSupport;

/**
 * Waiting for something that another process is about to do, usually within microseconds. What it waits for often needs this very
 * processor, so it gives that away each time: by yielding, which is quickest on a machine with little to do, and on a busy one,
 * where a yield would let everyone else have a whole turn, by short sleeps.
 */
public final class Wait {
    private static final long YIELDING_NANOS = 1_000_000;
    private static final long BUSY_YIELD_NANOS = 2_000_000;
    private static final long NAP_NANOS = 20_000;

    private static final ThreadLocal<Boolean> ONLY_NAPS = ThreadLocal.withInitial(() -> false);

    private final long began = System.nanoTime();

    /** Lets the current thread only sleep, never yield. */
    static void onlyNap() {
        ONLY_NAPS.set(true);
    }

    /** Passes a moment. */
    public void pause() {
        long before = System.nanoTime();
        if (before - began > YIELDING_NANOS || ONLY_NAPS.get()) {
            LockSupport.parkNanos(NAP_NANOS);
            return;
        }
        Libc.sched_yield();
        if (System.nanoTime() - before > BUSY_YIELD_NANOS) {
            onlyNap();
        }
    }
}
