package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traced code finds every vector register of the machine and all flags as it left them. The program compares them at each call. */
class VectorRegistersTest {
    private static final int ROUNDS = 20_000;
    /** One with a pattern in the vector registers, one with a pattern in the flags. */
    private static final int CALLS = 2 * ROUNDS;

    /** Each takes other ways through lttng-ust and the C library. */
    private static final String[] CONTEXTS = {"procname", "pthread_id", "ip", "cgroup_ns", "net_ns", "vuid", "vgid"};

    private Installation dyntrace;
    private Program program;

    @BeforeEach
    void start() {
        dyntrace = Installation.start();
        program = Program.ours("e2e_vectors");
    }

    @AfterEach
    void end() {
        program.close();
        dyntrace.close();
    }

    private void runs() {
        assertEquals("right " + ROUNDS, program.ask("run " + ROUNDS, "\n").strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"count", "log", "lttng"})
    void areKept(String tracer) {
        List<String> arguments =
                tracer.equals("log") ? List.of("log", dyntrace.file("hits").toString()) : List.of(tracer);
        try (LttngSession session = LttngSession.start(dyntrace.file("trace"), CONTEXTS)) {
            dyntrace.attach(program);
            for (boolean entryExit : new boolean[] {false, true}) {
                String name = entryExit ? "pair" : "point";
                List<Object> add = new ArrayList<>(List.of("add", program.pid() + ":probed", "-n", name));
                if (entryExit) {
                    add.add("-e");
                }
                add.addAll(arguments);
                dyntrace.ok(add.toArray());
                // From the first hit of a thread on.
                runs();
                Counts counts = dyntrace.counts(program, name);
                assertEquals(new Counts(CALLS, entryExit ? CALLS : 0, 0), counts);
            }
            assertEquals(tracer.equals("lttng"), session.recordsSomething());
        }
    }

    /** What lttng-ust calls then is the program's own. */
    @Test
    void areKeptWhenTheProgramHasContextsOfItsOwn() {
        try (LttngSession session = LttngSession.start(dyntrace.file("trace"), "$app.e2e:none")) {
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":probed", "-n", "point", "lttng");
            dyntrace.ok("add", program.pid() + ":probed", "-n", "pair", "-e", "lttng");
            runs();
            program.ask(
                    "load " + Program.compile("e2e_context", "-shared", "-fPIC", "-llttng-ust") + " begin", "loaded");
            runs();
            List<String> events = session.events();
            assertEquals(
                    2L * CALLS,
                    events.stream()
                            .filter(event -> event.contains("tracepoint_hit"))
                            .count());
            assertTrue(events.get(events.size() - 1).contains("e2e"), events.get(events.size() - 1));
        }
    }
}
