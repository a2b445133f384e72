package org.dyntrace.jfrbridge.clock;

import java.util.Arrays;

/** From a JVM's counter to ns since 1970 on LTTng's clock: straight lines between points that both are known at, so drift is followed. */
public final class ClockMap {
    private final double[] ticks;
    private final long[] nanos;
    private final double nominal;
    private final String method;

    /**
     * A map.
     *
     * @param ticks relative to the recording's beginning, in order; at least one
     * @param nanos at these
     * @param nominal ns a tick, where there is only one point
     * @param method how the points were found, for people
     */
    ClockMap(double[] ticks, long[] nanos, double nominal, String method) {
        this.ticks = ticks.clone();
        this.nanos = nanos.clone();
        this.nominal = nominal;
        this.method = method;
    }

    /**
     * {@return ns since 1970}
     *
     * @param at ticks since the recording's beginning
     */
    public long nanos(double at) {
        int found = Arrays.binarySearch(ticks, at);
        int after = found >= 0 ? found : -found - 1;
        int right = Math.min(Math.max(after, 1), ticks.length - 1);
        if (right <= 0) {
            return nanos[0] + Math.round((at - ticks[0]) * nominal);
        }
        double slope = (nanos[right] - nanos[right - 1]) / (ticks[right] - ticks[right - 1]);
        return nanos[right - 1] + Math.round((at - ticks[right - 1]) * slope);
    }

    /** {@return by how much longer the counter's second is than the JVM takes it to be: 1 means exact} */
    public double rate() {
        int last = ticks.length - 1;
        return last == 0 ? 1 : (nanos[last] - nanos[0]) / (ticks[last] - ticks[0]) / nominal;
    }

    /** {@return how it was found, for people} */
    public String method() {
        return method;
    }
}
