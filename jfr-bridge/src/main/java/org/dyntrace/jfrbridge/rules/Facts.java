package org.dyntrace.jfrbridge.rules;

import java.util.List;

/**
 * What rules need to know about a recording.
 *
 * @param tracepoints all of them
 * @param nanos from the first event to the last
 * @param paused how long JVMs stood still for their garbage collectors, in ns
 */
public record Facts(List<TracepointFacts> tracepoints, long nanos, long paused) {
    /** Copies. */
    public Facts {
        tracepoints = List.copyOf(tracepoints);
    }

    double seconds() {
        return Math.max(nanos, 1) / 1e9;
    }
}
