package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dyntrace.mbeans.PlanInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.Test;

/** Functions that are too short for a jump: by way of padding, or of a neighbour's instructions. */
class IslandTest {
    /** Of those a good part finds a thread between the two jumps, or in a handler that interrupted it there. */
    private static final int ROUNDS = 150;

    private static final Pattern RESULT = Pattern.compile("calls (\\d+) wrong (\\d+)");

    private static DaemonConnection connect(Installation dyntrace) {
        return DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false));
    }

    private static void end(Program program) {
        ProgramText.assertAsInFiles(program);
        program.send("end");
        assertEquals(0, program.awaitExit(), program.output());
        Matcher result = RESULT.matcher(program.output());
        assertTrue(result.find(), program.output());
        assertEquals("0", result.group(2), program.output());
    }

    private static long hits(ProcessMXBean process, String name) {
        return process.listTracepoints().stream()
                .filter(tracepoint -> tracepoint.getName().equals(name))
                .mapToLong(TracepointInfo::getHits)
                .sum();
    }

    @Test
    void comesAndGoesUnderThreadsAndSignals() {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_islands");
                DaemonConnection daemon = connect(dyntrace)) {
            dyntrace.attach(program);
            ProcessMXBean process = daemon.process(program.pid());
            Map<String, PlanInfo> plans = process.plan("@e2e_islands", false, 0, 100).stream()
                    .collect(Collectors.toMap(PlanInfo::getName, Function.identity(), (a, b) -> a));
            assertEquals(PlanInfo.ISLAND, plans.get("padded").getState());
            assertEquals(3 + 5, plans.get("padded").getReplacedBytes());
            assertEquals(PlanInfo.ISLAND, plans.get("crowded").getState());
            assertTrue(plans.get("crowded").getReplacedBytes() >= 2 + 10);
            for (int round = 0; round < ROUNDS; round++) {
                String function = round % 2 == 0 ? "padded" : "crowded";
                process.add(function, round % 4 >= 2, "one", "count", List.of());
                Waiting.until(20, () -> "hits", () -> hits(process, "one") > 1000);
                if (round % 3 == 0) {
                    // Another one at the same place: the trampoline changes under the threads.
                    process.add(function, false, "two", "count", List.of());
                    Waiting.until(20, () -> "hits", () -> hits(process, "two") > 1000);
                    process.remove("two");
                }
                process.remove("one");
            }
            end(program);
        }
    }

    @Test
    void isKeptWhenTheDaemonIsKilled() {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_islands")) {
            dyntrace.attach(program);
            for (String function : List.of("padded", "crowded", "next")) {
                dyntrace.ok("add", program.pid() + ":" + function, "-n", function, "count");
            }
            dyntrace.killDaemon();
            dyntrace.startDaemon();
            try (DaemonConnection daemon = connect(dyntrace)) {
                Waiting.until(
                        20,
                        () -> "the process",
                        () -> dyntrace.ok("list-processes").contains("" + program.pid()));
                ProcessMXBean process = daemon.process(program.pid());
                for (String function : List.of("padded", "crowded", "next")) {
                    long before = hits(process, function);
                    Waiting.until(20, () -> "hits of " + function, () -> hits(process, function) > before);
                }
                assertTrue(dyntrace.ok("verify", "" + program.pid()).contains("5 places differ, all dyntrace's"));
                process.add("crowded", true, "again", "count", List.of());
                Waiting.until(20, () -> "hits", () -> hits(process, "again") > 0);
                for (String name : List.of("padded", "crowded", "next", "again")) {
                    process.remove(name);
                }
            }
            end(program);
        }
    }
}
