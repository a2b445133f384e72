package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dyntrace.mbeans.LedgerInfo;
import org.dyntrace.mbeans.PlanInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tracepoint would be is what it then is. */
class PlanTest {
    private static final String LIBC = "libc.so.6";

    private static Program bash() {
        Program bash = Program.start("bash", "--norc", "-c", "while read -r n; do echo got $((n * n)); done");
        bash.ask("3", "got 9");
        return bash;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyPlannedFunctionOfTheCLibraryIsPlacedAndNoOther(boolean entryExit) {
        try (Installation dyntrace = Installation.start();
                Program bash = bash();
                DaemonConnection daemon =
                        DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false))) {
            dyntrace.attach(bash);
            ProcessMXBean process = daemon.process(bash.pid());
            Map<String, ByteBuffer> before = ProgramText.of(bash);
            Map<Long, String> planned = process.plan("@" + LIBC, entryExit, 0, 10_000).stream()
                    .filter(plan -> !plan.getState().equals(PlanInfo.IFUNC))
                    .collect(Collectors.toMap(
                            PlanInfo::getAddress,
                            plan -> plan.isPossible() ? PlanInfo.JUMP : plan.getState(),
                            (a, b) -> a,
                            TreeMap::new));
            assertEquals(before, ProgramText.of(bash));
            assertTrue(planned.size() > 1000, planned.size() + " functions");

            process.add("*@" + LIBC, entryExit, "all", "count", List.of());
            Map<Long, String> placed = process.listSites("all", false, 0, 10_000).stream()
                    .collect(Collectors.toMap(
                            SiteInfo::getAddress,
                            site -> site.getState().equals("placed") ? PlanInfo.JUMP : site.getState(),
                            (a, b) -> a,
                            TreeMap::new));
            // Those that stand behind IFUNCs, and other versions, are in one list only.
            planned.keySet().retainAll(placed.keySet());
            placed.keySet().retainAll(planned.keySet());
            assertTrue(planned.size() > 1000, planned.size() + " functions in both");
            assertEquals(planned, placed);

            bash.ask("12", "got 144");
            assertTrue(dyntrace.counts(bash, "all").hits() > 0);
            dyntrace.ok("rm", bash.pid() + ":all");
            bash.ask("13", "got 169");
            assertEquals(before, ProgramText.of(bash));
        }
    }

    @Test
    void nearlyAllFunctionsCanBeHad() {
        try (Installation dyntrace = Installation.start();
                Program bash = bash();
                DaemonConnection daemon =
                        DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false))) {
            dyntrace.attach(bash);
            Map<String, LedgerInfo> ledgers = daemon.process(bash.pid()).ledgers(false).stream()
                    .collect(Collectors.toMap(LedgerInfo::getModule, Function.identity()));
            for (String module : new String[] {"bash", LIBC}) {
                LedgerInfo ledger = ledgers.get(module);
                assertTrue(
                        100L * ledger.getPossible() >= 99L * ledger.getFunctions(),
                        module + ": " + ledger.getPossible() + " of " + ledger.getFunctions());
                assertEquals(
                        ledger.getFunctions() - ledger.getPossible(),
                        ledger.getRefused().values().stream()
                                .mapToInt(Integer::intValue)
                                .sum());
            }
            String table = dyntrace.ok("list-symbols", bash.pid(), "--ledger");
            assertTrue(table.matches("(?s)MODULE +FUNCTIONS +POSSIBLE +% +OTHERS\nbash +\\d+ .*"), table);
            assertTrue(dyntrace.ok("list-symbols", bash.pid(), "qsort@" + LIBC, "--plan")
                    .contains(" qsort: a jump in the place of "));
        }
    }
}
