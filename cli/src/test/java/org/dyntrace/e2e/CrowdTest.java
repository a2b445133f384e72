package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.Test;

/**
 * 2,000 functions get tracepoints and lose them again while 16 threads, which come and go, call them. {@code -Ddyntrace.crowds=500} for the
 * long run (scripts/soak): a million places.
 */
class CrowdTest {
    private static final int ROUNDS = Integer.getInteger("dyntrace.crowds", 10);
    private static final int FUNCTIONS = 2000;
    /** Until all memory that is used again is there. */
    private static final int WARM = Math.max(3, ROUNDS / 5);

    private static final long WAVERING = 4 << 10;
    private static final Pattern SIZE = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern RESULT = Pattern.compile("calls (\\d+) wrong (\\d+)");

    @Test
    void comesAndGoes() {
        try (Installation dyntrace = Installation.start();
                Program crowd = Program.ours("e2e_crowd");
                DaemonConnection daemon =
                        DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false))) {
            dyntrace.attach(crowd);
            ProcessMXBean process = daemon.process(crowd.pid());
            long atFirst = 0;
            for (int round = 0; round < ROUNDS; round++) {
                TracepointInfo all = process.add("crowd_*", round % 2 == 1, "all", "count", List.of());
                assertEquals(FUNCTIONS, all.getPlaced());
                Waiting.until(
                        20, () -> "hits", () -> process.listTracepoints().get(0).getHits() > FUNCTIONS);
                process.remove("all");
                ProgramText.assertAsInFiles(crowd);
                if (round == WARM - 1) {
                    atFirst = kilobytes(crowd);
                }
            }
            long atLast = kilobytes(crowd);
            crowd.send("end");
            assertEquals(0, crowd.awaitExit());
            Matcher result = RESULT.matcher(crowd.output());
            assertTrue(result.find(), crowd.output());
            assertEquals("0", result.group(2), crowd.output());
            System.out.printf(
                    "crowd: %d places added and removed under %s calls, %d KiB at first, %d at last%n",
                    ROUNDS * FUNCTIONS, result.group(1), atFirst, atLast);
            assertTrue(atLast <= atFirst + WAVERING, atFirst + " KiB, then " + atLast);
        }
    }

    private static long kilobytes(Program program) {
        Matcher size = SIZE.matcher(Waiting.text(Path.of("/proc/" + program.pid() + "/status")));
        assertTrue(size.find());
        return Long.parseLong(size.group(1));
    }
}
