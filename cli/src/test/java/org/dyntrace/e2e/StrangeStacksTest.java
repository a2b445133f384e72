package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Coroutines, cancelled threads, vfork and exceptions through functions with points and with entry and exit; and gdb beside it all. */
class StrangeStacksTest {
    /** Calls of each function in a round; see the program. */
    private static final Map<String, Long> CALLS = new TreeMap<>(
            Map.of("work", 43L, "yielding", 40L, "blocked", 1L, "leaving", 1L, "spawning", 2L, "unwound", 1L));

    private static final Pattern FRAME = Pattern.compile("(?m)^#\\d+ +(?:0x\\p{XDigit}+ in )?(\\w+) ");

    private Installation dyntrace;
    private Program program;

    @BeforeEach
    void start() {
        dyntrace = Installation.start();
        program = Program.ours("e2e_stacks");
        program.ask("", "done");
        dyntrace.attach(program);
    }

    @AfterEach
    void end() {
        program.close();
        dyntrace.close();
    }

    private String add(String function, String name, String... how) {
        Object[] words = new Object[how.length + 4];
        System.arraycopy(how, 0, words, 4, how.length);
        words[0] = "add";
        words[1] = program.pid() + ":" + function;
        words[2] = "-n";
        words[3] = name;
        return dyntrace.ok(words);
    }

    @Test
    void allCallsAreCounted() {
        final int rounds = 10;
        for (String function : CALLS.keySet()) {
            add(function, "point-" + function, "count");
            add(function, "pair-" + function, "-e", "count");
        }
        for (int round = 0; round < rounds; round++) {
            program.ask("", "done");
        }
        Map<String, Counts> counts = dyntrace.counts(program);
        CALLS.forEach((function, calls) -> {
            assertEquals(new Counts(rounds * calls, 0, 0), counts.get("point-" + function));
            Counts pair = counts.get("pair-" + function);
            assertEquals(rounds * calls, pair.hits(), function);
            // The exit of what a thread has left without a return is noticed when its block is used again.
            assertTrue(pair.exits() <= pair.hits() && pair.exits() >= pair.hits() - 1, function + " " + pair);
            assertEquals(0, pair.lost());
        });
        counts.keySet().forEach(name -> dyntrace.ok("rm", program.pid() + ":" + name));
        program.ask("", "done");
        assertTrue(dyntrace.ok("verify", program.pid()).contains("no byte differs"));
        assertEnds();
    }

    @Test
    void aDebuggerSeesAllFrames() {
        for (String function : List.of("read@libc.so.6", "_IO_getline_info@libc.so.6", "fgets@libc.so.6")) {
            add(function, function.replaceAll("@.*", ""), "-e", "count");
        }
        program.ask("", "done");
        Waiting.until(
                20, () -> "in read", () -> dyntrace.counts(program, "read").hits() > 0);
        Matcher frames = FRAME.matcher(gdb("bt"));
        StringBuilder names = new StringBuilder();
        while (frames.find()) {
            names.append(' ').append(frames.group(1));
        }
        assertTrue(
                names.toString().matches(".*\\b\\w*read .*\\b\\w*_IO_getline_info .*\\b\\w*fgets .*\\bmain\\b.*"),
                names::toString);
        assertEnds();
    }

    @Test
    void aDebuggersBreakpointIsNobodysOfOurs() {
        add("work", "w", "count");
        String said = gdb(
                "set breakpoint always-inserted on",
                "break spawning",
                "shell " + Installation.launcher("dyntrace") + " --rundir " + dyntrace.rundir() + " verify "
                        + program.pid() + "; echo exit $?");
        assertTrue(said.contains("exit 1"), said);
        assertTrue(
                Pattern.compile("e2e_stacks spawning(\\+0x\\p{XDigit}+)?: .*(foreign|unknown|not dyntrace)")
                        .matcher(said)
                        .find(),
                said);
        program.ask("", "done");
        assertEquals(43, dyntrace.counts(program, "w").hits());
        dyntrace.ok("rm", program.pid() + ":w");
        assertTrue(dyntrace.ok("verify", program.pid()).contains("no byte differs"));
        assertEnds();
    }

    private String gdb(String... commands) {
        String[] words = new String[5 + 2 * commands.length];
        System.arraycopy(new String[] {"gdb", "-nx", "-batch", "-p", "" + program.pid()}, 0, words, 0, 5);
        for (int i = 0; i < commands.length; i++) {
            words[5 + 2 * i] = "-ex";
            words[6 + 2 * i] = commands[i];
        }
        Result result = Shell.run(words);
        return result.out() + result.err();
    }

    private void assertEnds() {
        try {
            program.input().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertEquals(0, program.awaitExit(), program::output);
    }
}
