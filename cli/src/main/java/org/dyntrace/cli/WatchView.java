package org.dyntrace.cli;

import java.time.Instant;
import java.util.List;

/** How {@code dyntrace watch} shows what it sees. */
interface WatchView {
    /**
     * Shows one look.
     *
     * @param time of the look
     * @param tracepoints what it saw
     */
    void show(Instant time, List<HitRates.Rated> tracepoints);
}
