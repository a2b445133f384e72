package org.dyntrace.cli;

import java.time.Instant;
import java.util.List;
import org.dyntrace.mbeans.ProcessInfo;

/** A JSON object a look, each on a line of its own. */
final class JsonView implements WatchView {
    private final Stdout out;
    private final ProcessInfo process;

    JsonView(Stdout out, ProcessInfo process) {
        this.out = out;
        this.process = process;
    }

    @Override
    public void show(Instant time, List<HitRates.Rated> tracepoints) {
        Json.look(out, time, process.getPid(), tracepoints);
    }
}
