package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.dyntrace.mbeans.DifferenceInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.VerifyInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon is killed at random moments while tracepoints come, go, and are switched: the next one finds what the program really has, and
 * nothing half done. {@code -Ddyntrace.kills=500} for the long run (scripts/soak).
 */
class KilledDaemonTest {
    private static final int KILLS = Integer.getInteger("dyntrace.kills", 6);
    private static final int LATEST = 400;
    private static final int CALLS = 10;

    @TempDir
    private Path files;

    @Test
    void leavesNothingHalfDone() throws InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int found = 0;
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            for (int i = 0; i < KILLS; i++) {
                try (DaemonConnection daemon = connect(dyntrace)) {
                    ProcessMXBean process = daemon.process(program.pid());
                    Thread changing = new Thread(() -> change(process));
                    changing.start();
                    Waiting.pause(random.nextInt(LATEST));
                    dyntrace.killDaemon();
                    changing.join();
                }
                dyntrace.startDaemon();
                String round = "kill " + i + ", seed " + seed;
                found += check(dyntrace, program, round);
            }
        }
        System.out.printf("kills: %d, seed %d, %d tracepoints found again%n", KILLS, seed, found);
    }

    private static DaemonConnection connect(Installation dyntrace) {
        return DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false));
    }

    /** Without pause, until the daemon is gone. */
    private void change(ProcessMXBean process) {
        try {
            while (true) {
                process.add(
                        "callee",
                        true,
                        "pairs",
                        "log",
                        List.of(files.resolve("log").toString()));
                process.add("callee", false, "counted", "count", List.of());
                process.disable("pairs");
                process.add("/^(callee|recursion|jump_.*)$/", false, "many", "count", List.of());
                process.enable("pairs");
                process.disable("many");
                process.remove("counted");
                process.enable("many");
                process.remove("pairs");
                process.remove("many");
            }
        } catch (RuntimeException daemonGone) {
            return;
        }
    }

    /** {@return how many tracepoints there were} */
    private static int check(Installation dyntrace, Program program, String round) {
        Waiting.until(
                20,
                () -> "the agent comes back, " + round + ": "
                        + Waiting.text(dyntrace.rundir().resolve("log")),
                () -> dyntrace.ok("list-processes", "--json").contains("\"pid\":" + program.pid() + ","));
        try (DaemonConnection daemon = connect(dyntrace)) {
            ProcessMXBean process = daemon.process(program.pid());
            List<TracepointInfo> before = process.listTracepoints();
            program.ask("calls " + CALLS, "done");
            for (TracepointInfo each : before) {
                long hits = process.listTracepoints().stream()
                        .filter(now -> now.getName().equals(each.getName()))
                        .mapToLong(TracepointInfo::getHits)
                        .sum();
                assertEquals(each.getHits() + (each.isEnabled() ? CALLS : 0), hits, each.getName() + ", " + round);
                assertEquals(0, each.getMissing(), each.getName() + ", " + round);
            }
            VerifyInfo verified = process.verify();
            assertEquals(0, verified.getForeignCount(), round);
            assertEquals(
                    before.stream()
                            .filter(TracepointInfo::isEnabled)
                            .map(TracepointInfo::getName)
                            .collect(Collectors.toSet()),
                    verified.getDifferences().stream()
                            .map(DifferenceInfo::getTracepoints)
                            .flatMap(List::stream)
                            .collect(Collectors.toSet()),
                    round);
            before.forEach(each -> process.remove(each.getName()));
            assertEquals(0, process.verify().getDyntraceCount(), round);
            assertTrue(process.getTracepoints().isEmpty(), round);
            return before.size();
        }
    }
}
