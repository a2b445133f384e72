package org.dyntrace.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** A line a look. */
final class LineView implements WatchView {
    static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private final Stdout out;

    LineView(Stdout out) {
        this.out = out;
    }

    @Override
    public void show(Instant time, List<HitRates.Rated> tracepoints) {
        StringBuilder line = new StringBuilder(CLOCK.format(time));
        String separator = " ";
        for (HitRates.Rated each : tracepoints) {
            line.append(separator)
                    .append(each.info().getName())
                    .append(' ')
                    .append(each.text())
                    .append("/s ")
                    .append(each.info().getHits());
            separator = ", ";
        }
        out.line(line.toString());
        out.flush();
    }
}
