package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hits that both LTTng and JFR record, some hundred a second: on the timeline they are at the same time, for as long as it is recorded. */
class ClockTest {
    private static final int SECONDS = Integer.getInteger("dyntrace.clock.seconds", 2);
    private static final int HITS_A_SECOND = 500;

    @TempDir
    private Path directory;

    @Test
    void hitsAreAtTheSameTimeOnBothClocks() {
        Path trace = directory.resolve("lttng");
        Path jfr = directory.resolve("seam.jfr");
        int hits = record(trace, jfr, SECONDS, "lttng", "--jfr");
        String report = Shell.run(
                        Installation.launcher("dyntrace"), "report", trace.toString(), jfr.toString(), "--json")
                .ok();
        ClockError error = ClockError.of(report);
        System.out.printf("clock: %d s, %s%n", SECONDS, error);
        assertEquals(hits / 2, error.pairs());
        assertTrue(error.median() <= 2000 && error.p99() <= 50_000, error.toString());
    }

    /** Has a method recorded on both clocks; {@return how often it was called} */
    private static int record(Path trace, Path jfr, int seconds, Object... options) {
        int hits = 0;
        try (Installation dyntrace = Installation.start()) {
            Path classes = Jvm.compile("Seam", dyntrace.file("seam"));
            try (Program seam = Jvm.start(Jvm.own("java"), classes, "Seam");
                    LttngSession session = LttngSession.start(trace, seam.pid())) {
                seam.ask("point 1", "did point 1");
                Jvm.record(seam);
                dyntrace.attach(seam);
                dyntrace.ok(Stream.concat(Stream.of("add", seam.pid() + ":Seam$Work.point"), Stream.of(options))
                        .toArray());
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < seconds * 1_000_000_000L) {
                    seam.ask("pace " + HITS_A_SECOND, "did pace " + HITS_A_SECOND);
                    hits += HITS_A_SECOND;
                }
                assertTrue(session.recordsSomething());
                Jvm.recorded(seam, jfr);
            }
        }
        return hits;
    }

    /** Calls are no pairs for the timeline: the clocks that the agent samples each second have to do. Here they are compared all the same. */
    @Test
    void sampledClocksWillDo() {
        Path trace = directory.resolve("lttng");
        Path jfr = directory.resolve("seam.jfr");
        record(trace, jfr, Math.max(5, SECONDS), "-e", "-n", "calls", "lttng", "--jfr");
        String launcher = Installation.launcher("dyntrace");
        String report = Shell.run(launcher, "report", trace.toString(), jfr.toString(), "--json")
                .ok();
        assertTrue(report.contains("CLOCK_MONOTONIC, sampled"), report);
        assertTrue(report.contains("\"compared\":\"samples\""), report);
        ClockError said = ClockError.of(report);
        List<Long> entries = new ArrayList<>();
        List<Long> calls = new ArrayList<>();
        Pattern line = Pattern.compile("\"time\":(\\d+),.*\"event\":\"([^\"]+)\"");
        Shell.run(launcher, "timeline", trace.toString(), jfr.toString(), "--event", "calls", "--format", "json")
                .ok()
                .lines()
                .map(line::matcher)
                .filter(Matcher::find)
                .forEach(found -> {
                    if (found.group(2).equals("dyntrace_lttng:function_entry")) {
                        entries.add(Long.parseLong(found.group(1)));
                    } else if (found.group(2).equals("dyntrace.FunctionCall")) {
                        calls.add(Long.parseLong(found.group(1)));
                    }
                });
        assertEquals(entries.size(), calls.size());
        long[] distances = new long[entries.size()];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = Math.abs(entries.get(i) - calls.get(i));
        }
        Arrays.sort(distances);
        long median = distances[distances.length / 2];
        long p99 = distances[distances.length * 99 / 100];
        System.out.printf(
                "sampled clock: %d calls, median %d ns, p99 %d ns; %s%n", distances.length, median, p99, said);
        assertTrue(median <= 2000 && p99 <= 50_000, "median " + median + ", p99 " + p99);
        assertTrue(said.median() <= 2000, said.toString());
    }
}
