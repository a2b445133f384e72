package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.Test;

/** Tracepoints come and go under running threads. {@code -Ddyntrace.rounds=1000} for the long run (scripts/soak). */
class ChurnTest {
    private static final int ROUNDS = Integer.getInteger("dyntrace.rounds", 100);

    @Test
    void addAndRemoveUnderFourThreads() {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            program.send("spin 4");
            // One connection: a launcher's start takes longer than both changes.
            try (DaemonConnection daemon =
                    DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false))) {
                ProcessMXBean process = daemon.process(program.pid());
                for (int round = 0; round < ROUNDS; round++) {
                    String name = process.add("callee", round % 2 == 0, "", "count", List.of())
                            .getName();
                    assertTrue(awaitHits(process), "no hit in round " + round);
                    process.remove(name);
                }
                assertEquals(List.of(), process.listTracepoints());
            }
            ProgramText.assertAsInFiles(program);
            String calls = program.ask("stop", "done").strip().replace("done ", "");
            System.out.printf("churn: %d tracepoints added and removed under %s calls%n", ROUNDS, calls);
        }
    }

    private static boolean awaitHits(ProcessMXBean process) {
        Waiting.until(10, () -> "a hit", () -> process.listTracepoints().get(0).getHits() > 0);
        return true;
    }
}
