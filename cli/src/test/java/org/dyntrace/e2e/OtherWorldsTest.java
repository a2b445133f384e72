package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs of other languages, C libraries, allocators and ways of linking: their calls counted exactly, or a clear refusal. */
class OtherWorldsTest {
    /** Of get, malloc or free, for one line: of four threads. */
    private static final long CALLS = 4000;

    private Installation dyntrace;

    @BeforeEach
    void start() {
        dyntrace = Installation.start();
    }

    @AfterEach
    void end() {
        dyntrace.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"libjemalloc.so.2", "libtcmalloc_minimal.so.4"})
    void anotherAllocator(String allocator) throws IOException {
        Path library;
        try (Stream<Path> files = Files.list(Path.of("/usr/lib/x86_64-linux-gnu"))) {
            library = files.filter(file -> file.getFileName().toString().equals(allocator))
                    .findFirst()
                    .orElseThrow();
        }
        Map<String, String> preload = Map.of("LD_PRELOAD", library.toString());
        try (LttngSession session = LttngSession.start(dyntrace.file("trace"));
                Program program = Program.start(preload, Program.compile("e2e_allocating"))) {
            program.await("ready");
            program.ask("", "done");
            dyntrace.attach(program);
            String malloc = "malloc@" + allocator;
            assertCounted(program, "done", Map.of("get", CALLS, malloc, CALLS, "free@" + allocator, CALLS));
            // malloc may be called by the loader and by threads as they begin, too.
            dyntrace.ok("add", program.pid() + ":" + malloc, "-e", "-n", "traced", "lttng");
            program.ask("", "done");
            Counts traced = dyntrace.counts(program, "traced");
            dyntrace.ok("rm", program.pid() + ":traced");
            assertTrue(traced.hits() >= CALLS && traced.lost() == 0, traced::toString);
            assertEnds(program);
            for (String event : List.of("function_entry", "function_exit")) {
                assertEquals(
                        traced.hits(),
                        session.events().stream()
                                .filter(line -> line.contains(event))
                                .count());
            }
        }
    }

    @Test
    void indirectBranchesAndShadowStacks() {
        String[] flags = {"-fcf-protection=full", "-Wl,-z,ibt,-z,shstk"};
        try (Program program = Program.ours("e2e_allocating", flags)) {
            program.ask("", "done");
            dyntrace.attach(program);
            assertCounted(program, "done", Map.of("get", CALLS));
            assertEnds(program);
        }
    }

    @Test
    void rustWithPanicsThatAreCaught() {
        try (Program program = Program.start(compileRust("e2e_panics"))) {
            program.await("ready");
            String sum = "sum 1331900076";
            program.ask("", sum);
            dyntrace.attach(program);
            assertCounted(
                    program,
                    sum,
                    Map.of("e2e_panics::divide", CALLS, "e2e_panics::through", CALLS, "*Shape*Area*area*", CALLS));
            assertEnds(program);
        }
    }

    @Test
    void muslIsRefused() throws IOException {
        assertRefused("musl-gcc", "runs with musl; the agent is built for the GNU C library.");
    }

    @Test
    void staticProgramsAreRefused() throws IOException {
        assertRefused("gcc", "is statically linked: it has no loader for the agent.", "-static");
        assertRefused("musl-gcc", "is statically linked: it has no loader for the agent.", "-static");
    }

    private void assertRefused(String compiler, String why, String... flags) throws IOException {
        Path binary = dyntrace.file("refused-" + compiler + String.join("", flags));
        Path source = Files.writeString(
                dyntrace.file("source.c"),
                "#include <stdio.h>\nint main(void) {"
                        + " char l[9]; puts(\"ready\"); fflush(stdout); while (fgets(l, 9, stdin)) { puts(\"done\"); fflush(stdout); } }");
        List<String> command = new ArrayList<>(List.of(compiler, "-o", binary.toString(), source.toString()));
        command.addAll(List.of(flags));
        Shell.run(command.toArray(String[]::new)).ok();
        try (Program program = Program.start(binary)) {
            program.await("ready");
            Result attach = dyntrace.run("attach", program.pid());
            assertEquals(1, attach.exitCode());
            assertTrue(attach.err().contains(why), attach::err);
            program.ask("", "done");
            assertEnds(program);
        }
    }

    /** As points, and as entry and exit. */
    private void assertCounted(Program program, String answer, Map<String, Long> calls) {
        List<String> names = new ArrayList<>();
        calls.keySet().forEach(function -> {
            names.add(dyntrace.ok("add", program.pid() + ":" + function, "-n", "p" + names.size(), "count"));
            names.add(dyntrace.ok("add", program.pid() + ":" + function, "-e", "-n", "p" + names.size(), "count"));
        });
        program.ask("", answer);
        Map<String, Counts> counts = dyntrace.counts(program);
        int at = 0;
        for (Map.Entry<String, Long> each : calls.entrySet()) {
            long expected = each.getValue();
            Counts point = counts.get(names.get(at++));
            Counts pair = counts.get(names.get(at++));
            boolean own = !each.getKey().contains("@");
            assertTrue(own ? point.hits() == expected : point.hits() >= expected, each.getKey() + " " + point);
            assertEquals(new Counts(point.hits(), point.hits(), 0), pair);
        }
        names.forEach(name -> dyntrace.ok("rm", program.pid() + ":" + name));
        program.ask("", answer);
        assertTrue(dyntrace.ok("verify", program.pid()).contains("no byte differs"));
    }

    private Path compileRust(String name) {
        Path binary = dyntrace.file(name);
        Shell.run(
                        "/usr/bin/rustc",
                        "-C",
                        "opt-level=1",
                        "-o",
                        binary.toString(),
                        Program.testSource("rust/" + name + ".rs"))
                .ok();
        return binary;
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
