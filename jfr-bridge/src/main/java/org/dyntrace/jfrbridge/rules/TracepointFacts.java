package org.dyntrace.jfrbridge.rules;

/**
 * What rules need to know about a tracepoint.
 *
 * @param name its name
 * @param function where it is
 * @param hits of a point
 * @param entries of calls
 * @param exitsMissing entries without an exit
 * @param calls that are whole
 * @param p50 the median of their durations, in ns
 * @param p99 of their durations
 * @param max of their durations
 * @param total of their durations, about
 * @param duringGc hits and entries while the JVM stood still for its garbage collector
 * @param busiest hits and entries of the thread that has most of them
 */
public record TracepointFacts(
        String name,
        String function,
        long hits,
        long entries,
        long exitsMissing,
        long calls,
        long p50,
        long p99,
        long max,
        long total,
        long duringGc,
        long busiest) {
    /** {@return hits and entries} */
    long times() {
        return hits + entries;
    }

    /** {@return the events that the busiest thread recorded for it} */
    double busiestEvents() {
        return times() == 0 ? 0 : (double) busiest * (hits + 2.0 * entries) / times();
    }
}
