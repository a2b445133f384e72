package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that a seccomp filter kills for a system call that they don't expect: traced if the agent makes none of these, else refused. */
class SeccompTest {
    private static final long CALLS = 1000;

    private Installation dyntrace;

    @BeforeEach
    void start() {
        dyntrace = Installation.start();
    }

    @AfterEach
    void end() {
        dyntrace.close();
    }

    private static Program confined(String... how) {
        Object[] command = new Object[how.length + 1];
        command[0] = Program.compile("e2e_confined");
        System.arraycopy(how, 0, command, 1, how.length);
        Program program = Program.start(command);
        program.await("ready");
        program.ask("", "done");
        return program;
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent", "old", "arguments", "lttng", "all"})
    void theAgentMakesNoOtherCallThanItSays(String way) {
        try (LttngSession session = LttngSession.start(dyntrace.file("trace"));
                Program program = confined(way)) {
            dyntrace.attach(program);
            Path log = dyntrace.file("log");
            for (String name : List.of("c", "l")) {
                for (String exits : List.of("", "-e")) {
                    List<Object> words = new ArrayList<>(List.of(
                            "add", program.pid() + ":work", "-n", name + exits, name.equals("c") ? "count" : "log"));
                    if (name.equals("l")) {
                        words.add(log);
                    }
                    if (!exits.isEmpty()) {
                        words.add(2, exits);
                    }
                    dyntrace.ok(words.toArray());
                }
            }
            dyntrace.ok("add", program.pid() + ":read@libc.so.6", "-e", "-n", "waits", "count");
            Result lttng = dyntrace.run("add", program.pid() + ":work", "-e", "-n", "t", "lttng");
            boolean all = way.equals("all") || way.equals("lttng");
            assertEquals(all ? 0 : 1, lttng.exitCode(), lttng.err());
            if (!all) {
                assertTrue(lttng.err().contains("forbids what lttng-ust needs: "), lttng::err);
            }
            program.ask("", "done");
            for (String name : List.of("c", "l")) {
                assertEquals(new Counts(CALLS, 0, 0), dyntrace.counts(program, name));
                assertEquals(new Counts(CALLS, CALLS, 0), dyntrace.counts(program, name + "-e"));
            }
            assertEquals(CALLS, LogLines.of(log).count("hit", "l"));
            dyntrace.counts(program).keySet().forEach(name -> dyntrace.ok("rm", program.pid() + ":" + name));
            program.ask("", "done");
            assertTrue(dyntrace.ok("verify", program.pid()).contains("no byte differs"));
            assertEnds(program);
            if (lttng.exitCode() == 0) {
                assertEquals(
                        2 * CALLS,
                        session.events().stream()
                                .filter(event -> event.contains("function_e"))
                                .count());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"41,socket", "257,openat", "42,connect", "200,tkill", "128,rt_sigtimedwait"})
    void isRefusedForOneThatIsForbidden(String number, String name) {
        try (Program program = confined("agent", number)) {
            assertRefused(program, "forbids what the agent needs: " + name + ".");
        }
    }

    @Test
    void oneConfinedThreadIsEnough() {
        try (Program program = confined("thread")) {
            assertRefused(program, "forbids what the agent needs: ");
        }
    }

    private void assertRefused(Program program, String why) {
        Result attach = dyntrace.run("attach", program.pid());
        assertEquals(1, attach.exitCode());
        assertTrue(attach.err().contains(why), attach::err);
        program.ask("", "done");
        assertEnds(program);
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
