package org.dyntrace.daemon.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.Target;
import org.dyntrace.mbeans.TracepointInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory for trampolines is used again, but never under a thread. */
@Timeout(900)
class ReuseTest {
    /** Enough to fill the first chunk of memory. */
    private static final int ROUNDS = Integer.getInteger("dyntrace.reuse.rounds", 300);

    private static final int THREADS = 4;

    @Test
    void addAndRemoveDoNotGrowTheProcess() {
        try (TracedProgram traced = TracedProgram.start("hot_threads", THREADS)) {
            String before = bytes(traced, address(traced, "hot"));
            turn(traced, 100);
            long mapped = executable(traced);
            long begun = System.nanoTime();
            turn(traced, ROUNDS);
            System.out.printf(
                    "%d times added and removed, %.1f ms each; executable memory %d KiB, then %d KiB%n",
                    ROUNDS, (System.nanoTime() - begun) / 1e6 / ROUNDS, mapped >> 10, executable(traced) >> 10);
            assertEquals(mapped, executable(traced));
            assertEquals(before, bytes(traced, address(traced, "hot")));
            traced.program().signal("TERM");
            traced.program().awaitOutput("ok ");
        }
    }

    @Test
    void aHandlerOnItsOwnStackKeepsWhatItInterrupted() {
        try (TracedProgram traced = TracedProgram.start("hot_threads", THREADS)) {
            turn(traced, 3);
            traced.add("hot", "interrupted", false, "count");
            long trampoline = jumpTarget(traced, "hot");
            String bytes = bytes(traced, trampoline);
            for (int i = 0; i < 5000 && !traced.program().output().contains("caught"); i++) {
                traced.program().signal("USR1");
            }
            traced.program().awaitOutput("caught");
            traced.remove("interrupted");
            turn(traced, 10);
            long mapped = executable(traced);
            turn(traced, ROUNDS);
            assertEquals(bytes, bytes(traced, trampoline));
            assertEquals(mapped, executable(traced), "what it has not interrupted is kept as well");
            traced.program().signal("USR2");
            turn(traced, 50);
            traced.program().signal("TERM");
            traced.program().awaitOutput("ok ");
        }
    }

    @Test
    void aFrameKeepsItsSiteUntilItReturns() {
        try (TracedProgram traced = TracedProgram.start("hot_threads", THREADS)) {
            long site = traced.sites(traced.add("stays", "left", true, "count"))
                    .get(0)
                    .getAddress();
            long trampoline = jumpTarget(traced, "stays");
            // What it loads first is the address of its site, with that of the place in front.
            long structure = trampoline + 8 + traced.memory.readInt(trampoline + 4);
            assertEquals(site, traced.memory.readLong(structure));
            String bytes = bytes(traced, trampoline);
            traced.program().signal("HUP");
            traced.program().awaitOutput("inside");
            traced.remove("left");
            turn(traced, ROUNDS);
            assertEquals(bytes, bytes(traced, trampoline));
            assertEquals(site, traced.memory.readLong(structure));
            // All that is free gets used, for a function that nobody enters any more: there is nothing to count.
            for (int i = 0; i < 60; i++) {
                traced.add("stays", "later-" + i, true, "count");
            }
            traced.program().signal("USR2");
            traced.program().awaitOutput("returned");
            for (TracepointInfo info : traced.tracepoints()) {
                assertEquals(0, info.getHits() + info.getExits() + info.getLost(), info.getName());
            }
            traced.program().signal("TERM");
            traced.program().awaitOutput("ok ");
        }
    }

    private static void turn(TracedProgram traced, int rounds) {
        for (int i = 0; i < rounds; i++) {
            // Of another length each time, so that nothing comes to lie where its like was before.
            String again = "again" + "-".repeat(i % 150);
            traced.add("hot", again, i % 3 == 0, "count");
            traced.add("hot", "beside", i % 2 == 0, "count");
            traced.remove(again);
            traced.remove("beside");
        }
        assertTrue(traced.program().isAlive());
    }

    /** Bytes of executable memory that belong to no file: ours. */
    private static long executable(TracedProgram traced) {
        return Maps.of(traced.program().process()).mappings().stream()
                .filter(mapping -> mapping.executable() && mapping.path().isEmpty())
                .mapToLong(mapping -> mapping.end() - mapping.start())
                .sum();
    }

    private static long address(TracedProgram traced, String symbol) {
        Mapping first = Maps.of(traced.program().process()).mappings().get(0);
        String line = Target.shell("sh", "-c", "nm " + first.path() + " | awk '$3==\"" + symbol + "\"{print $1}'");
        return first.start() + Long.parseLong(line.trim(), 16);
    }

    /** Where the jump at a function's beginning goes, behind an endbr64. */
    private static long jumpTarget(TracedProgram traced, String symbol) {
        long at = address(traced, symbol);
        byte[] code = traced.memory.read(at, 9);
        long jump = code[0] == (byte) 0xf3 ? at + 4 : at;
        assertEquals((byte) 0xe9, traced.memory.read(jump, 1)[0]);
        return jump + 5 + traced.memory.readInt(jump + 1);
    }

    private static String bytes(TracedProgram traced, long address) {
        return HexFormat.of().formatHex(traced.memory.read(address, 48));
    }
}
