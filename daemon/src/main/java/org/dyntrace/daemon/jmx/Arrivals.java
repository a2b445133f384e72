package org.dyntrace.daemon.jmx;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Where requests wait for an agent that they have brought into a process. */
final class Arrivals {
    /** An agent has come. */
    synchronized void announce() {
        notifyAll();
    }

    /** Waits until it is there; false when the time is over. */
    synchronized boolean await(BooleanSupplier there, long milliseconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while (!there.getAsBoolean()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
