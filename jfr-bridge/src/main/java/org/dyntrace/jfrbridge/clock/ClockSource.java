package org.dyntrace.jfrbridge.clock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a recording of JFR says about its JVM's counter, which is CLOCK_MONOTONIC, or the processor's TSC at a frequency that the JVM has
 * estimated, and drifts by some millionths then.
 *
 * <p>Each chunk's head has the counter and the wall clock at its beginning. {@code dyntrace.ClockSample} events have the counter and
 * CLOCK_MONOTONIC ({@link System#nanoTime}); hits that were recorded by LTTng as well have the counter and LTTng's clock.
 */
public final class ClockSource {
    private static final long SECOND = 1_000_000_000L;
    /** TSC frequencies are never wrong by more than this; a wall clock that was set is. */
    private static final double MAX_DRIFT = 500e-6;
    /** A head is read in this time, unless the thread lost its processor. */
    private static final long HEAD = 1_000_000;

    /** A sample that took longer lost its processor. */
    private static final long MAX_UNCERTAINTY = 5_000;

    private static final int PAIRS_PER_POINT = 20;
    private static final int MAX_POINTS = 2000;

    private final List<Point> heads = new ArrayList<>();
    private final List<Point> samples = new ArrayList<>();
    private final Pairs pairs = new Pairs();
    private long first = Long.MIN_VALUE;
    private double nominal = 1;
    private boolean exactRate = true;
    private ClockMap map;
    private boolean stepped;

    private record Point(double ticks, long nanos) {}

    /** Tells what a chunk's head says. */
    public void chunk(long ticks, long realtime, long ticksPerSecond) {
        if (first == Long.MIN_VALUE) {
            first = ticks;
            nominal = 1e9 / ticksPerSecond;
            exactRate = ticksPerSecond == SECOND;
        }
        heads.add(new Point(ticks - first, realtime));
    }

    /**
     * Tells what a sample says.
     *
     * @param ticks the counter
     * @param monotonic CLOCK_MONOTONIC, in ns
     * @param uncertainty how long reading both took, in ns
     */
    public void sample(double ticks, long monotonic, long uncertainty) {
        if (uncertainty <= MAX_UNCERTAINTY) {
            samples.add(new Point(ticks - first, monotonic));
        }
    }

    /** Tells of a hit that LTTng may have recorded as well. */
    public void hit(int tid, long address, double ticks) {
        pairs.jfr(tid, address, relative(ticks));
    }

    /** {@return ticks since the recording's beginning} */
    public long relative(double ticks) {
        return Math.round(ticks - first);
    }

    /** {@return hits that LTTng may have recorded as well} */
    public Pairs pairs() {
        return pairs;
    }

    /** {@return whether the counter may drift from LTTng's clock, with nothing but hits to tell} */
    public boolean needsPairs() {
        return !exactRate && samples.size() < 2 && !pairs.isEmpty();
    }

    /** {@return whether the wall clock was set while it was recorded} */
    public boolean wasStepped() {
        return stepped;
    }

    /** {@return the map, as far as it can be known without pairs} */
    public ClockMap map(ClockSamples known) {
        if (!samples.isEmpty() && known.offset() != Long.MIN_VALUE) {
            samples.sort(Comparator.comparingDouble(Point::ticks));
            List<Point> points = samples.stream()
                    .map(p -> new Point(p.ticks, p.nanos + known.offset()))
                    .toList();
            map = map(points, "CLOCK_MONOTONIC, sampled " + points.size() + " times in the recording");
        } else {
            map = fromHeads(known);
        }
        return map;
    }

    private ClockMap fromHeads(ClockSamples known) {
        List<Point> points = heads.stream()
                .map(p -> new Point(p.ticks, known.toTrace(p.nanos)))
                .toList();
        if (points.isEmpty()) {
            return new ClockMap(new double[1], new long[1], 1, "no chunk can be read");
        }
        Point begin = points.get(0);
        Point end = points.get(points.size() - 1);
        double drift = points.size() == 1 ? 0 : (end.nanos - begin.nanos) / ((end.ticks - begin.ticks) * nominal) - 1;
        double allowed = exactRate ? 0 : MAX_DRIFT;
        double seconds = (end.ticks - begin.ticks) * nominal / SECOND;
        stepped = points.size() > 1 && Math.abs(drift) * seconds * SECOND > allowed * seconds * SECOND + HEAD;
        String counter = exactRate ? "CLOCK_MONOTONIC" : "the TSC";
        if (points.size() == 1 || exactRate || stepped) {
            return new ClockMap(
                    new double[] {begin.ticks},
                    new long[] {exactRate && !stepped ? best(points) : begin.nanos},
                    nominal,
                    counter + ", set by the wall clock at the beginning of "
                            + (points.size() > 1 && !stepped ? points.size() + " chunks" : "the recording"));
        }
        return map(
                List.of(begin, end),
                counter + ", set by the wall clock at the beginning of the first and the last of " + points.size()
                        + " chunks");
    }

    /** {@return the median of what all heads say about the first one: a thread may lose its processor while it reads two clocks} */
    private long best(List<Point> points) {
        long[] starts = points.stream()
                .mapToLong(p -> p.nanos - Math.round(p.ticks * nominal))
                .sorted()
                .toArray();
        return starts[starts.length / 2];
    }

    private ClockMap map(List<Point> points, String method) {
        List<Point> distinct = new ArrayList<>();
        for (Point point : points) {
            if (distinct.isEmpty() || point.ticks > distinct.get(distinct.size() - 1).ticks) {
                distinct.add(point);
            }
        }
        return new ClockMap(
                distinct.stream().mapToDouble(Point::ticks).toArray(),
                distinct.stream().mapToLong(Point::nanos).toArray(),
                nominal,
                method);
    }

    /** {@return the map by pairs, where the counter drifts and nothing else tells; else the one that was known} */
    public ClockMap refine() {
        if (!needsPairs()) {
            return map;
        }
        List<Pairs.Pair> matched = pairs.match(map);
        int size = Math.max(PAIRS_PER_POINT, matched.size() / MAX_POINTS);
        List<Point> points = new ArrayList<>();
        for (int from = 0; from + size <= matched.size(); from += size) {
            // Every second one; the others are left to measure the error.
            points.add(middle(matched.subList(from, from + size)));
        }
        if (!points.isEmpty()) {
            map = map(points, "the TSC, set by hits that LTTng recorded, too");
        }
        return map;
    }

    private Point middle(List<Pairs.Pair> part) {
        long begin = part.get(0).ticks();
        double[] offsets = new double[part.size() / 2];
        for (int i = 0; i < offsets.length; i++) {
            Pairs.Pair pair = part.get(2 * i);
            offsets[i] = pair.nanos() - part.get(0).nanos() - (pair.ticks() - begin) * nominal;
        }
        Arrays.sort(offsets);
        double at = part.get(part.size() / 2).ticks();
        return new Point(at, part.get(0).nanos() + Math.round((at - begin) * nominal + offsets[offsets.length / 2]));
    }

    /** {@return how far apart is what both clocks have recorded; empty if there is nothing} */
    public Optional<ClockError> error() {
        List<Pairs.Pair> matched = pairs.match(map);
        if (matched.size() < 2) {
            return samplesError();
        }
        long[] distances = new long[matched.size() / 2];
        for (int i = 0; i < distances.length; i++) {
            Pairs.Pair pair = matched.get(2 * i + 1);
            distances[i] = Math.abs(map.nanos((double) pair.ticks()) - pair.nanos());
        }
        return Optional.of(ClockError.of(true, distances));
    }

    /** The line between the two neighbours of a sample tells where it should be. */
    private Optional<ClockError> samplesError() {
        if (samples.size() < 3) {
            return Optional.empty();
        }
        long[] distances = new long[samples.size() - 2];
        for (int i = 0; i < distances.length; i++) {
            ClockMap neighbours = map(List.of(samples.get(i), samples.get(i + 2)), "");
            Point own = samples.get(i + 1);
            distances[i] = Math.abs(neighbours.nanos(own.ticks) - own.nanos);
        }
        return Optional.of(ClockError.of(false, distances));
    }
}
