package org.dyntrace.agent.link;

import org.dyntrace.agent.tracepoint.Tracepoints;

/**
 * A class that was being loaded while a tracepoint was placed has passed the transformer before and is not in the list of
 * loaded classes yet. So the list is looked through again a few times after each change.
 */
final class Rescans {
    private static final long[] AFTER_MILLISECONDS = {200, 1000, 5000};

    private final Tracepoints tracepoints;
    private long changed;
    private int done = AFTER_MILLISECONDS.length;

    Rescans(Tracepoints tracepoints) {
        this.tracepoints = tracepoints;
    }

    /** Something may have been placed. */
    void begin() {
        changed = System.nanoTime();
        done = 0;
    }

    void look() {
        if (done < AFTER_MILLISECONDS.length && System.nanoTime() - changed > AFTER_MILLISECONDS[done] * 1_000_000) {
            done++;
            tracepoints.rescan();
        }
    }
}
