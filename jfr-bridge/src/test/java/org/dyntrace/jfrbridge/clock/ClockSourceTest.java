package org.dyntrace.jfrbridge.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A counter that runs faster than it says, and changes its speed. */
class ClockSourceTest {
    private static final long SAID = 3_000_000_000L;
    private static final long BEGIN = 1_795_616_850_000_000_000L;
    private static final long OFFSET = 1_795_000_000_000_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final int SECONDS = 600;

    private final Random random = new Random(6);
    private final ClockSource clocks = new ClockSource();

    /** {@return what the counter says so many ns after the beginning: 80 ppm too fast at first, and up to 5 ppm more or less after} */
    private static long ticks(long nanos) {
        double seconds = nanos / 1e9;
        return 77_000 + Math.round(SAID * (seconds * (1 + 80e-6) + 5e-6 * 60 * Math.sin(seconds / 60)));
    }

    private long worst(ClockMap map) {
        long worst = 0;
        for (long at = SECOND; at < (SECONDS - 1) * SECOND; at += SECOND / 7) {
            worst = Math.max(worst, Math.abs(map.nanos((double) clocks.relative(ticks(at))) - BEGIN - at));
        }
        return worst;
    }

    private void head(long at) {
        clocks.chunk(ticks(at), BEGIN + at, SAID);
    }

    @Test
    void samplesFollowDrift() {
        head(0);
        for (int i = 0; i < SECONDS; i++) {
            long at = i * SECOND;
            // One in twenty has lost its processor meanwhile.
            boolean late = i % 20 == 7;
            clocks.sample(
                    ticks(at) + (late ? SAID / 1000 : 0),
                    BEGIN - OFFSET + at + random.nextInt(50),
                    late ? 1_000_000 : 100);
        }
        ClockMap map = clocks.map(new ClockSamples(OFFSET, List.of()));
        assertTrue(worst(map) < 500, "off by " + worst(map) + " ns");
        assertTrue(map.method().contains("sampled 570 times"), map.method());
        assertEquals(1 / (1 + 80e-6), map.rate(), 2e-6);
        ClockError error = clocks.error().orElseThrow();
        assertEquals(568, error.pairs());
        assertTrue(!error.hits() && error.median() < 50 && error.p99() < 200, error.toString());
    }

    /** What a recording's last chunk is for. */
    @Test
    void twoHeadsFollowSteadyDrift() {
        head(0);
        ClockMap blind = clocks.map(ClockSamples.NONE);
        assertTrue(worst(blind) > 40_000_000, "off by " + worst(blind) + " ns");
        head(SECONDS * SECOND);
        ClockMap map = clocks.map(ClockSamples.NONE);
        assertTrue(worst(map) < 700_000, "off by " + worst(map) + " ns");
        assertTrue(clocks.error().isEmpty());
    }
}
