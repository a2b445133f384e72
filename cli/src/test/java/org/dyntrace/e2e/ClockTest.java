package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
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
        int hits = 0;
        try (Installation dyntrace = Installation.start()) {
            Path classes = Jvm.compile("Seam", dyntrace.file("seam"));
            try (Program seam = Jvm.start(Jvm.own("java"), classes, "Seam");
                    LttngSession session = LttngSession.start(trace, seam.pid())) {
                seam.ask("point 1", "did point 1");
                Jvm.record(seam);
                dyntrace.attach(seam);
                dyntrace.ok("add", seam.pid() + ":Seam$Work.point", "lttng", "--jfr");
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < SECONDS * 1_000_000_000L) {
                    seam.ask("pace " + HITS_A_SECOND, "did pace " + HITS_A_SECOND);
                    hits += HITS_A_SECOND;
                }
                assertTrue(session.recordsSomething());
                Jvm.recorded(seam, jfr);
            }
        }
        String report = Shell.run(
                        Installation.launcher("dyntrace"), "report", trace.toString(), jfr.toString(), "--json")
                .ok();
        ClockError error = ClockError.of(report);
        System.out.printf("clock: %d s, %s%n", SECONDS, error);
        assertEquals(hits / 2, error.pairs());
        assertTrue(error.median() <= 2000 && error.p99() <= 50_000, error.toString());
    }
}
