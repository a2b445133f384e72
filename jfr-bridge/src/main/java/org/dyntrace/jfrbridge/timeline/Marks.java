package org.dyntrace.jfrbridge.timeline;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What is drawn: times, durations, tracks, names. Bounded: when there are too many, neighbours of one track and name within a span of time
 * become one mark that knows how many events it stands for, and the span is doubled as often as it takes.
 */
final class Marks {
    static final int MAX = 1_500_000;

    private long[] begins = new long[1024];
    private long[] durations = new long[1024];
    private int[] counts = new int[1024];
    private int[] tracks = new int[1024];
    private int[] names = new int[1024];
    private int size;
    private long span;

    /** Adds an event. */
    void add(long begin, long duration, int track, int name) {
        if (size == MAX) {
            thin();
        }
        if (size == begins.length) {
            int room = Math.min(MAX, 2 * size);
            begins = Arrays.copyOf(begins, room);
            durations = Arrays.copyOf(durations, room);
            counts = Arrays.copyOf(counts, room);
            tracks = Arrays.copyOf(tracks, room);
            names = Arrays.copyOf(names, room);
        }
        begins[size] = begin;
        durations[size] = duration;
        counts[size] = 1;
        tracks[size] = track;
        names[size++] = name;
    }

    private void thin() {
        span = span == 0 ? 1000 : 2 * span;
        while (size > MAX / 2) {
            merge();
            span *= 2;
        }
        span /= 2;
    }

    private void merge() {
        Map<Long, Integer> last = new HashMap<>();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            long key = (long) tracks[i] << 32 | names[i];
            Integer before = last.get(key);
            if (before != null && Math.abs(begins[i] - begins[before]) < span && durations[i] < span) {
                counts[before] += counts[i];
                durations[before] = Math.max(durations[before], begins[i] + durations[i] - begins[before]);
            } else {
                begins[kept] = begins[i];
                durations[kept] = durations[i];
                counts[kept] = counts[i];
                tracks[kept] = tracks[i];
                names[kept] = names[i];
                last.put(key, kept++);
            }
        }
        size = kept;
    }

    int size() {
        return size;
    }

    /** {@return the span of time that marks stand for, in ns; 0 if each is one event} */
    long span() {
        return span;
    }

    long begin(int i) {
        return begins[i];
    }

    long duration(int i) {
        return durations[i];
    }

    int count(int i) {
        return counts[i];
    }

    int track(int i) {
        return tracks[i];
    }

    int name(int i) {
        return names[i];
    }
}
