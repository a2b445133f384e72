package org.dyntrace.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dyntrace.mbeans.ProcessInfo;

/** A table on a terminal, drawn over the one before. What is above it stays, and the last one stays when the command ends. */
final class ScreenView implements WatchView {
    private static final Size USUAL = new Size(24, 80);

    private final Stdout out;
    private final ProcessInfo process;
    private final double interval;
    private int drawn;

    private record Size(int rows, int columns) {}

    ScreenView(Stdout out, ProcessInfo process, double interval) {
        this.out = out;
        this.process = process;
        this.interval = interval;
    }

    @Override
    public void show(Instant time, List<HitRates.Rated> tracepoints) {
        Size size = size();
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                "%d %s at %s, every %s s",
                process.getPid(),
                process.getName(),
                LineView.CLOCK.format(time),
                interval == (long) interval ? "" + (long) interval : "" + interval));
        lines.addAll(table(tracepoints));
        // The last row is the cursor's.
        int room = Math.max(2, size.rows - 1);
        if (lines.size() > room) {
            int more = lines.size() - room + 1;
            lines.subList(room - 1, lines.size()).clear();
            lines.add("and " + more + " more");
        }
        if (drawn > 0) {
            out.write("\033[" + drawn + "A\r\033[J");
        }
        for (String line : lines) {
            out.line(line.length() < size.columns ? line : line.substring(0, size.columns - 1));
        }
        out.flush();
        drawn = lines.size();
    }

    private static List<String> table(List<HitRates.Rated> tracepoints) {
        if (tracepoints.isEmpty()) {
            return List.of("It has no tracepoints.");
        }
        Table table = new Table("NAME", "RATE/S", "HITS", "LOST", "LOCATION");
        for (HitRates.Rated each : tracepoints) {
            table.row(
                    each.info().getName(),
                    each.text(),
                    each.info().getHits(),
                    each.info().getLost(),
                    each.info().getLocation() + (each.info().isEnabled() ? "" : " (disabled)"));
        }
        return table.lines();
    }

    /** As it is now: people change it while they watch. */
    private static Size size() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String[] said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            if (stty.waitFor(1, TimeUnit.SECONDS) && stty.exitValue() == 0 && said.length == 2) {
                Size size = new Size(Integer.parseInt(said[0]), Integer.parseInt(said[1]));
                return size.rows > 0 && size.columns > 0 ? size : USUAL;
            }
        } catch (IOException | NumberFormatException e) {
            // Then the usual one has to do.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return USUAL;
    }
}
