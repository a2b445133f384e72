package org.dyntrace.jfrbridge.clock;

import java.util.Arrays;

/**
 * How far apart on the timeline things are that were recorded by both clocks, in ns: hits, with the time that passes between the two recordings of
 * one; or, where there are none, samples of both clocks, each compared with what those before and after it say.
 *
 * @param hits whether hits were compared
 * @param pairs that were compared
 * @param median of the distances
 * @param p99 of the distances: one in a hundred is longer
 * @param max the longest; a thread may lose its processor between the two
 */
public record ClockError(boolean hits, long pairs, long median, long p99, long max) {
    static ClockError of(boolean hits, long[] distances) {
        Arrays.sort(distances);
        int count = distances.length;
        return new ClockError(
                hits,
                count,
                distances[count / 2],
                distances[Math.min(count - 1, count * 99 / 100)],
                distances[count - 1]);
    }
}
