package org.dyntrace.daemon.proc;

import java.util.concurrent.locks.LockSupport;

/**
 * Waiting for something that another process is about to do, usually within microseconds: first by looking again and again, but
 * leaving the processor to that process each time, then with short sleeps.
 */
public final class Wait {
    private static final int LOOKS = 2000;
    private static final long LOOKING_NANOS = 2_000_000;
    private static final long NAP_NANOS = 50_000;

    private final long began = System.nanoTime();
    private int looks;

    /** Passes a moment. */
    public void pause() {
        if (looks++ < LOOKS && System.nanoTime() - began < LOOKING_NANOS) {
            Libc.sched_yield();
        } else {
            LockSupport.parkNanos(NAP_NANOS);
        }
    }
}
