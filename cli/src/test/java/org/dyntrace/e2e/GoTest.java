package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Go programs: goroutines on stacks of 2 KiB, which grow and move. A tracer that ran on these would write into others' memory. */
class GoTest {
    /** Of main.leaf, for one line: 100 goroutines, each 1000 times, 10 times through main.deep, and 64 times by goroutines of their own. */
    private static final long CALLS = 100 * (1000 + 10 + 64);

    private static final String SUM = "sum 160625400";

    private Installation dyntrace;

    @BeforeEach
    void start() {
        dyntrace = Installation.start();
    }

    @AfterEach
    void end() {
        dyntrace.close();
    }

    private Program goroutines(String... flags) {
        Program program = Program.start(Program.compileGo("e2e_goroutines", flags));
        program.await("ready");
        program.ask("", SUM);
        return program;
    }

    private void add(Program program, String function, String name, String tracer) {
        List<Object> words = new ArrayList<>(List.of("add", program.pid() + ":" + function, "-n", name, tracer));
        if (tracer.equals("log")) {
            words.add(dyntrace.file("log"));
        }
        assertEquals(name, dyntrace.ok(words.toArray()));
    }

    @Test
    void smallStacksHaveRoomForAllTracers() {
        try (LttngSession session = LttngSession.start(dyntrace.file("trace"));
                Program program = goroutines()) {
            dyntrace.attach(program);
            for (String tracer : List.of("lttng", "log", "count")) {
                add(program, "main.leaf", tracer, tracer);
                program.ask("", SUM);
            }
            for (String tracer : List.of("lttng", "log", "count")) {
                add(program, "main.deep", "deep-" + tracer, tracer);
                add(program, "runtime.mallocgc", "malloc-" + tracer, tracer);
            }
            program.ask("", SUM);
            Map<String, Counts> counts = dyntrace.counts(program);
            assertEquals(new Counts(4 * CALLS, 0, 0), counts.get("lttng"));
            assertEquals(new Counts(3 * CALLS, 0, 0), counts.get("log"));
            assertEquals(new Counts(2 * CALLS, 0, 0), counts.get("count"));
            assertEquals(3 * CALLS, LogLines.of(dyntrace.file("log")).count("hit", "log"));
            counts.keySet().forEach(name -> dyntrace.ok("rm", program.pid() + ":" + name));
            program.ask("", SUM);
            assertTrue(dyntrace.ok("verify", program.pid()).contains("no byte differs"));
            ProgramText.assertAsInFiles(program);
            long events = session.events().stream()
                    .filter(event -> event.contains("tracepoint_hit"))
                    .count();
            assertTrue(counts.get("deep-lttng").hits() > 100 * 3000, counts::toString);
            assertTrue(
                    events
                            >= List.of("lttng", "deep-lttng", "malloc-lttng").stream()
                                    .mapToLong(name -> counts.get(name).hits())
                                    .sum(),
                    () -> events + " events, " + counts);
            assertEnds(program);
        }
    }

    @Test
    void whatCantBeRightIsRefused() {
        try (Program program = goroutines()) {
            dyntrace.attach(program);
            Result exits = dyntrace.run("add", program.pid() + ":main.leaf", "-e", "count");
            assertEquals(1, exits.exitCode());
            assertTrue(
                    exits.err().contains("Go programs move their stacks, so exits can't be seen there."), exits::err);
            for (String nosplit : List.of("runtime.gcWriteBarrier", "runtime.memmove", "runtime.systemstack.abi0")) {
                Result full = dyntrace.run("add", program.pid() + ":" + nosplit, "count");
                assertEquals(1, full.exitCode());
                assertTrue(full.err().contains("no room left for a tracepoint"), full::err);
            }
            add(program, "runtime.*", "all", "count");
            program.ask("", SUM);
            assertTrue(dyntrace.counts(program, "all").hits() > CALLS);
            dyntrace.ok("rm", program.pid() + ":all");
            program.ask("", SUM);
            ProgramText.assertAsInFiles(program);
            assertEnds(program);
        }
        try (Program program = goroutines("-ldflags", "-linkmode external -extldflags -static")) {
            Result attach = dyntrace.run("attach", program.pid());
            assertEquals(1, attach.exitCode());
            assertTrue(attach.err().contains("is statically linked: it has no loader for the agent"), attach::err);
            program.ask("", SUM);
            assertEnds(program);
        }
    }

    private static void assertEnds(Program program) {
        try {
            program.input().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertEquals(0, program.awaitExit(), program::output);
    }
}
