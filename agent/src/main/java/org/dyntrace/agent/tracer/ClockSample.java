package org.dyntrace.agent.tracer;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/**
 * JFR's counter and CLOCK_MONOTONIC, which LTTng's clock is, read together: JFR may count the processor's TSC, at a frequency that the JVM has
 * only estimated.
 */
@Name("dyntrace.ClockSample")
@Label("Clock Sample")
@Category("Dyntrace")
@Description("JFR's counter and CLOCK_MONOTONIC, read together")
@Period("1 s")
@StackTrace(false)
@Registered(false)
final class ClockSample extends Event {
    private static final int TRIES = 5;

    @Label("Monotonic")
    @Description("CLOCK_MONOTONIC at the start time, in ns")
    long monotonic;

    @Label("Uncertainty")
    @Description("How long reading took, in ns: the start time is within half of it of what it should be")
    long uncertainty;

    /** Emits one: of a few tries the quickest, in which the thread did not lose its processor. */
    static void emit() {
        ClockSample best = null;
        for (int i = 0; i < TRIES; i++) {
            ClockSample sample = new ClockSample();
            long before = System.nanoTime();
            sample.begin();
            long after = System.nanoTime();
            sample.end();
            sample.monotonic = before + (after - before) / 2;
            sample.uncertainty = after - before;
            if (best == null || sample.uncertainty < best.uncertainty) {
                best = sample;
            }
        }
        best.commit();
    }
}
