package org.dyntrace.jfrbridge.clock;

import java.util.Arrays;

/**
 * How far apart hits are on the timeline that were recorded twice, in ns; the time that passes between the two recordings of a hit is in it.
 *
 * @param pairs that were compared
 * @param median of the distances
 * @param p99 of the distances: one in a hundred is longer
 * @param max the longest; a thread may lose its processor between the two
 */
public record ClockError(long pairs, long median, long p99, long max) {
    static ClockError of(long[] distances) {
        Arrays.sort(distances);
        int count = distances.length;
        return new ClockError(
                count, distances[count / 2], distances[Math.min(count - 1, count * 99 / 100)], distances[count - 1]);
    }
}
