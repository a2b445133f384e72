package org.dyntrace.jfrbridge.ctf;

/** A trace's clock: CLOCK_MONOTONIC, and what was added to it so that it counts from 1970; that is measured once, when a session begins. */
public final class TraceClock {
    private volatile long offset = Long.MIN_VALUE;

    void offset(long measured) {
        if (measured != Long.MIN_VALUE) {
            offset = measured;
        }
    }

    /** {@return whether the trace has told its offset} */
    public boolean isKnown() {
        return offset != Long.MIN_VALUE;
    }

    /** {@return what was added to CLOCK_MONOTONIC, in ns} */
    public long offset() {
        return offset;
    }
}
