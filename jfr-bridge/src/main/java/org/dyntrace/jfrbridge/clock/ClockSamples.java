package org.dyntrace.jfrbridge.clock;

import java.util.List;

/**
 * What is known about the machine's clocks besides what recordings say.
 *
 * @param offset what LTTng added to CLOCK_MONOTONIC to count from 1970, in ns; {@link Long#MIN_VALUE} if there is no trace
 * @param samples both clocks of the machine, read together, in the order of time; from a manifest, or empty
 */
public record ClockSamples(long offset, List<Sample> samples) {
    /**
     * Both clocks at one moment.
     *
     * @param monotonic CLOCK_MONOTONIC, in ns
     * @param realtime CLOCK_REALTIME, in ns since 1970
     */
    public record Sample(long monotonic, long realtime) {}

    /** Nothing is known. */
    public static final ClockSamples NONE = new ClockSamples(Long.MIN_VALUE, List.of());

    /** Copies. */
    public ClockSamples {
        samples = List.copyOf(samples);
    }

    /**
     * {@return a moment of the wall clock on LTTng's clock: the nearest sample tells by how much the wall clock was set since}
     *
     * @param realtime in ns since 1970
     */
    long toTrace(long realtime) {
        if (offset == Long.MIN_VALUE || samples.isEmpty()) {
            return realtime;
        }
        Sample nearest = samples.get(0);
        for (Sample sample : samples) {
            if (Math.abs(sample.realtime - realtime) < Math.abs(nearest.realtime - realtime)) {
                nearest = sample;
            }
        }
        return realtime - nearest.realtime + nearest.monotonic + offset;
    }
}
