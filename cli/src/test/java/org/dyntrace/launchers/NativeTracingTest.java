package org.dyntrace.launchers;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The main job, by the launchers, on programs that run. */
@EnabledIf("org.dyntrace.launchers.Installation#isThere")
class NativeTracingTest {
    private static Installation dyntrace;
    private static String loop;
    private static String frames;

    @TempDir
    private Path directory;

    @BeforeAll
    static void install() throws Exception {
        dyntrace = new Installation();
        loop = Program.compile("loop.c");
        frames = Program.compile("frames.cc");
    }

    @AfterAll
    static void end() throws Exception {
        dyntrace.close();
    }

    private static long count(Program program, String tracepoint, String what) {
        String json = dyntrace.must("list-tracepoints", program.pid(), "--json");
        Matcher matcher = Pattern.compile("\"name\":\"" + tracepoint + "\".*?\"" + what + "\":(\\d+)")
                .matcher(json);
        assertTrue(matcher.find(), json);
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void countsLogsAndRestoresExactly() throws Exception {
        Path log = directory.resolve("hits.log");
        try (Program program = Program.start(loop)) {
            byte[] before = text(program, loop);
            dyntrace.must("attach", program.pid());
            String counter = dyntrace.must("add", program.pid() + ":work", "count");
            String logger = dyntrace.must("add", program.pid() + ":work", "-e", "log", log.toString());
            assertEquals("12345", program.ask("12345"));
            assertEquals(12345, count(program, counter, "hits"));
            assertEquals(12345, count(program, logger, "hits"));
            assertEquals(12345, count(program, logger, "exits"));
            List<String> lines = Files.readAllLines(log);
            assertEquals(
                    12345,
                    lines.stream().filter(line -> line.contains(" entry ")).count());
            assertEquals(
                    12345,
                    lines.stream().filter(line -> line.contains(" exit ")).count());
            dyntrace.must("rm", program.pid() + ":" + counter);
            dyntrace.must("rm", program.pid() + ":" + logger);
            assertEquals("5", program.ask("5"));
            assertEquals(24690, Files.readAllLines(log).size());
            org.junit.jupiter.api.Assertions.assertArrayEquals(before, text(program, loop));
        }
    }

    @Test
    void pairsEntriesAndExitsWhateverTheProgramDoes() throws Exception {
        List<String> functions = List.of(
                "deep",
                "jump_outer",
                "jump_middle",
                "jump_inner",
                "throw_outer",
                "throw_middle",
                "throw_inner",
                "multiply",
                "walk");
        Path log = directory.resolve("jumps.log");
        try (Program program = Program.start(frames)) {
            dyntrace.must("attach", program.pid());
            for (String function : functions) {
                dyntrace.must("add", program.pid() + ":" + function, "-e", "-n", "tp-" + function, "count");
            }
            dyntrace.must("add", program.pid() + ":jump_inner", "-e", "-n", "logged", "log", log.toString());
            assertEquals("done", program.ask("20"));
            assertEquals(8 * 20 * 10001, count(program, "tp-deep", "hits"));
            assertEquals(8 * 20 * 10001, count(program, "tp-deep", "exits"));
            for (String function : functions.subList(1, functions.size())) {
                assertEquals(8 * 20, count(program, "tp-" + function, "hits"), function);
            }
            assertEquals(8 * 20, count(program, "tp-multiply", "exits"));
            // The last frames that longjmp left behind have their exits at the latest when the tracepoint goes.
            dyntrace.must("rm", program.pid() + ":logged");
            List<String> lines = Files.readAllLines(log);
            assertEquals(
                    8 * 20,
                    lines.stream().filter(line -> line.contains(" entry ")).count());
            assertEquals(
                    8 * 20,
                    lines.stream().filter(line -> line.contains(" exit ")).count());
            for (String function : functions) {
                dyntrace.must("rm", program.pid() + ":tp-" + function);
            }
            assertEquals("done", program.ask("2"));
        }
    }

    @Test
    void findsAgentsAgainAfterTheDaemonWasKilled() throws Exception {
        try (Program program = Program.start(loop)) {
            dyntrace.must("attach", program.pid());
            dyntrace.must("add", program.pid() + ":work", "-n", "kept", "count");
            dyntrace.kill();
            assertEquals("100", program.ask("100"));
            dyntrace.start();
            await().atMost(Duration.ofSeconds(10))
                    .until(() ->
                            dyntrace.dyntrace("list-tracepoints", program.pid()).code() == 0);
            assertEquals(100, count(program, "kept", "hits"));
            dyntrace.must("rm", program.pid() + ":kept");
            assertEquals("7", program.ask("7"));
        }
    }

    @Test
    void servesPreloadedAgentsAndTheirChildren() throws Exception {
        Map<String, String> environment = Map.of(
                "LD_PRELOAD", Installation.library("libdyntrace-agent.so").toString(),
                "DYNTRACE_RUNDIR", dyntrace.rundir().toString());
        try (Program program = Program.start(
                environment, "/bin/bash", "-c", "while read x; do (read y < <(sleep 30)) & echo $!; done")) {
            await().atMost(Duration.ofSeconds(10))
                    .until(() ->
                            dyntrace.dyntrace("list-tracepoints", program.pid()).code() == 0);
            String child = program.ask("go");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> dyntrace.dyntrace("list-tracepoints", child).code() == 0);
            new ProcessBuilder("kill", "-9", child).start().waitFor();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> !dyntrace.must("list-processes").contains(child + " "));
        }
    }

    @Test
    void refusesWhatIsWrongAndSaysWhatToDo() throws Exception {
        try (Program program = Program.start(loop)) {
            String pid = program.pid();
            assertEquals(1, dyntrace.dyntrace("add", pid + ":work", "count").code(), "not attached");
            dyntrace.must("attach", pid);
            dyntrace.must("add", pid + ":work", "-n", "taken", "count");
            String[][] wrong = {
                {"1", "attach", "4194304"},
                {"1", "attach", "no-such-program"},
                {"1", "attach", "2"},
                {"1", "add", pid + ":no_such_function", "count"},
                {"1", "add", pid + ":0x10", "count"},
                {"1", "add", pid + ":work+0x1", "count"},
                {"1", "add", pid + ":work", "-n", "taken", "count"},
                {"1", "add", pid + ":work", "no-such-tracer"},
                {"1", "add", pid + ":work", "log", "/no/such/directory/file"},
                {"1", "rm", pid + ":unknown"},
                {"2", "add", pid + ":work"},
                {"2", "no-such-verb"},
            };
            for (String[] words : wrong) {
                String[] command = java.util.Arrays.copyOfRange(words, 1, words.length);
                Installation.Result result = dyntrace.dyntrace(command);
                assertEquals(Integer.parseInt(words[0]), result.code(), String.join(" ", command) + result);
                assertEquals("", result.out());
                assertTrue(
                        result.error().startsWith("dyntrace: ")
                                && !result.error().contains("\tat "),
                        result.error());
            }
            assertEquals(1, dyntrace.dyntraced().code(), "a second daemon");
            assertEquals("3", program.ask("3"));
            assertEquals(3, count(program, "taken", "hits"));
        }
    }

    /** The program's code as it is in memory. */
    private static byte[] text(Program program, String path) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + program.pid() + "/maps"))) {
            if (line.contains(" r-xp ") && line.endsWith(path)) {
                String[] range = line.split(" ")[0].split("-");
                long start = Long.parseLong(range[0], 16);
                byte[] bytes = new byte[(int) (Long.parseLong(range[1], 16) - start)];
                try (java.io.RandomAccessFile memory =
                        new java.io.RandomAccessFile("/proc/" + program.pid() + "/mem", "r")) {
                    memory.seek(start);
                    memory.readFully(bytes);
                }
                return bytes;
            }
        }
        throw new AssertionError("no code of " + path);
    }
}
