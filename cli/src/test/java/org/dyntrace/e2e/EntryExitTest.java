package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every entry has its exit, in the order of the frames. */
class EntryExitTest {
    private static final Pattern EVENT =
            Pattern.compile("dyntrace_lttng:(function_entry|function_exit):.*vtid = (\\d+)");

    private Installation dyntrace;
    private Program program;

    @BeforeEach
    void attach() {
        dyntrace = Installation.start();
        program = Program.ours("e2e_story");
        dyntrace.attach(program);
    }

    @AfterEach
    void end() {
        program.close();
        dyntrace.close();
    }

    @Test
    void recursionTenThousandDeep() {
        Path log = dyntrace.file("log");
        String logged = dyntrace.ok("add", program.pid() + ":recursion", "-e", "log", log);
        program.ask("recurse 10000", "done 10000");

        assertEquals(new Counts(10_000, 10_000, 0), dyntrace.counts(program, logged));
        assertEquals(10_000, LogLines.of(log).count("entry", logged));
        assertEquals(10_000, LogLines.of(log).count("exit", logged));
        LogLines.of(log).assertPaired();
    }

    @Test
    void eightThreads() {
        Path log = dyntrace.file("log");
        String logged = dyntrace.ok("add", program.pid() + ":callee", "-e", "log", log);
        program.ask("threads 8 1000", "done");

        assertEquals(new Counts(8000, 8000, 0), dyntrace.counts(program, logged));
        assertEquals(8000, LogLines.of(log).count("exit", logged));
        LogLines.of(log).assertPaired();
    }

    @Test
    void eightThreadsInLttng() {
        try (LttngSession session = LttngSession.start(dyntrace.file("trace"))) {
            String traced = dyntrace.ok("add", program.pid() + ":callee", "-e", "lttng");
            program.ask("threads 8 1000", "done");

            assertEquals(new Counts(8000, 8000, 0), dyntrace.counts(program, traced));
            Map<String, Integer> depths = new HashMap<>();
            Map<String, Integer> seen = new HashMap<>();
            for (String line : mine(session.events())) {
                Matcher event = EVENT.matcher(line);
                if (event.find()) {
                    seen.merge(event.group(1), 1, Integer::sum);
                    int depth = depths.merge(
                            event.group(2), event.group(1).equals("function_entry") ? 1 : -1, Integer::sum);
                    assertTrue(depth == 0 || depth == 1, line);
                }
            }
            assertEquals(Map.of("function_entry", 8000, "function_exit", 8000), seen);
            assertEquals(8, depths.size());
            assertTrue(depths.values().stream().allMatch(depth -> depth == 0), depths::toString);
        }
    }

    @Test
    void longjmpOverThreeFrames() {
        Path log = dyntrace.file("log");
        String frames = dyntrace.ok("add", program.pid() + ":jump_*", "-e", "-n", "frames", "log", log);
        String around = dyntrace.ok("add", program.pid() + ":guarded", "-e", "-n", "around", "log", log);
        program.ask("jump 1000", "done 0");
        program.ask("calls 1", "done");

        assertEquals(new Counts(1000, 1000, 0), dyntrace.counts(program, around));
        assertEquals(new Counts(3000, 3000, 0), dyntrace.counts(program, frames));
        LogLines.of(log).assertPaired();
    }

    @Test
    void nestedFunctionsAndPointsOnOnePlace() {
        Path log = dyntrace.file("log");
        dyntrace.ok("add", program.pid() + ":guarded", "-e", "-n", "one", "log", log);
        dyntrace.ok("add", program.pid() + ":guarded", "-e", "-n", "two", "log", log);
        dyntrace.ok("add", program.pid() + ":guarded", "-n", "point", "count");
        program.ask("jump 100", "done 0");

        assertEquals(new Counts(100, 100, 0), dyntrace.counts(program, "one"));
        assertEquals(new Counts(100, 100, 0), dyntrace.counts(program, "two"));
        assertEquals(new Counts(100, 0, 0), dyntrace.counts(program, "point"));
        LogLines.of(log).assertPaired();
    }

    /** The program itself ends with an error where a catch, a destructor, a double or a backtrace is not as it should be. */
    @Test
    void jumpsExceptionsDoublesAndBacktraces() {
        int rounds = 8 * 20;
        Path log = dyntrace.file("log");
        try (Program frames = Program.ours("e2e_frames")) {
            dyntrace.attach(frames);
            String pid = frames.pid() + ":";
            for (String function : List.of("deep", "jump_outer", "jump_middle", "jump_inner", "multiply", "walk")) {
                dyntrace.ok("add", pid + function, "-e", "-n", function, "count");
            }
            for (String function : List.of("throw_outer", "throw_middle", "throw_inner")) {
                dyntrace.ok("add", pid + function, "-e", "-n", function, "log", log);
            }
            frames.ask("20", "done");

            assertEquals(new Counts(rounds * 10_001, rounds * 10_001, 0), dyntrace.counts(frames, "deep"));
            assertEquals(new Counts(rounds, rounds, 0), dyntrace.counts(frames, "multiply"));
            assertEquals(new Counts(rounds, rounds, 0), dyntrace.counts(frames, "walk"));
            for (String jumped : List.of("jump_outer", "jump_middle", "jump_inner")) {
                assertEquals(new Counts(rounds, rounds, 0), dyntrace.counts(frames, jumped), jumped);
            }
            for (String thrown : List.of("throw_outer", "throw_middle", "throw_inner")) {
                assertEquals(new Counts(rounds, rounds, 0), dyntrace.counts(frames, thrown), thrown);
            }
            LogLines.of(log).assertPaired();
            for (String function : List.of("deep", "jump_inner", "throw_outer", "throw_middle", "throw_inner")) {
                dyntrace.ok("rm", pid + function);
            }
            frames.ask("2", "done");
        }
    }

    private List<String> mine(List<String> events) {
        return events.stream()
                .filter(line -> line.contains("vpid = " + program.pid() + ",")
                        || line.contains("vpid = " + program.pid() + " "))
                .toList();
    }
}
