package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs that Debian ships: as many hits as are known by other means, in the log, in the trace and in the counter. */
class RealProgramsTest {
    private Installation dyntrace;

    @BeforeEach
    void start() {
        dyntrace = Installation.start();
    }

    @AfterEach
    void end() {
        dyntrace.close();
    }

    @Test
    void aShell() {
        try (Program bash = Program.start("/bin/bash", "--norc", "--noprofile")) {
            story(
                    bash,
                    new Story("cd_builtin", "chdir@libc.so.6", 1000),
                    () -> bash.ask("for ((i = 0; i < 1000; i++)); do cd /; done; echo do''ne", "done"));
            bash.ask("echo still h''ere", "still here");
        }
    }

    @Test
    void anInterpreter() {
        try (Program python = Program.start("/usr/bin/python3", "-i", "-q")) {
            python.ask("import os; print('rea' + 'dy')", "ready");
            story(python, new Story("PyObject_Repr", "getpgid@libc.so.6", 1000), () -> {
                // Only this one line's: the prompt and the result of a statement call repr too.
                python.ask("x = [(os.getpgid(0), '%r' % (n,))[1] for n in range(1000)]; print('do' + 'ne')", "done");
            });
            python.ask("print('still' + ' here')", "still here");
        }
    }

    @Test
    void aStrippedCppProgram() {
        try (Program gdb = Program.start("/usr/bin/gdb", "-nx", "-q")) {
            gdb.ask("echo re\\141dy\\n", "ready");
            dyntrace.attach(gdb);
            Path log = dyntrace.file("log");
            dyntrace.ok("add", gdb.pid() + ":chdir@libc.so.6", "-n", "logged", "-e", "log", log);
            dyntrace.ok("add", gdb.pid() + ":chdir@libc.so.6", "-n", "counted", "count");
            for (String line : List.of("set $i = 0", "while $i < 1000", "cd /", "set $i = $i + 1", "end")) {
                gdb.send(line);
            }
            gdb.ask("echo done\\n", "done");
            assertEquals(new Counts(1000, 1000, 0), dyntrace.counts(gdb, "logged"));
            assertEquals(new Counts(1000, 0, 0), dyntrace.counts(gdb, "counted"));
            assertEquals(1000, LogLines.of(log).count("exit", "logged"));
            dyntrace.ok("rm", gdb.pid() + ":logged");
            dyntrace.ok("rm", gdb.pid() + ":counted");
            ProgramText.assertAsInFiles(gdb);
            gdb.ask("echo still\\n", "still");
        }
    }

    @Test
    void aProgramOfManyThreads() throws IOException {
        Path compressed = dyntrace.file("compressed.xz");
        byte[] data = new byte[1 << 20];
        new Random(1).nextBytes(data);
        try (Program xz = Program.start("sh", "-c", "exec xz -0 -T4 --block-size=1MiB -c > " + compressed)) {
            Waiting.until(
                    10,
                    () -> "xz runs",
                    () -> Waiting.text(Path.of("/proc/" + xz.pid() + "/comm")).equals("xz\n"));
            dyntrace.attach(xz);
            Path log = dyntrace.file("log");
            dyntrace.ok("add", xz.pid() + ":lzma_index_append", "-n", "blocks", "-e", "log", log);
            dyntrace.ok("add", xz.pid() + ":lzma_block_header_encode", "-n", "headers", "-e", "log", log);
            for (int i = 0; i < 40; i++) {
                xz.input().write(data);
            }
            xz.input().close();
            assertEquals(0, xz.awaitExit());

            assertEquals(List.of("40"), blocks(compressed));
            assertEquals(40, LogLines.of(log).count("entry", "blocks"));
            assertEquals(40, LogLines.of(log).count("exit", "blocks"));
            LogLines.of(log).assertPaired();
            Shell.run("xz", "--test", compressed.toString()).ok();
        }
    }

    private static List<String> blocks(Path compressed) {
        return Shell.run("xz", "--list", "--robot", compressed.toString())
                .ok()
                .lines()
                .filter(line -> line.startsWith("totals"))
                .map(line -> line.split("\t")[2])
                .toList();
    }

    private record Story(String internal, String library, long calls) {}

    private void story(Program program, Story story, Runnable work) {
        dyntrace.attach(program);
        String pid = program.pid() + ":";
        Path log = dyntrace.file("log");
        try (LttngSession session = LttngSession.start(dyntrace.file("trace"))) {
            dyntrace.ok("add", pid + story.internal(), "-n", "inner-log", "-e", "log", log);
            dyntrace.ok("add", pid + story.library(), "-n", "library-log", "log", log);
            dyntrace.ok("add", pid + story.internal(), "-n", "inner-lttng", "lttng");
            dyntrace.ok("add", pid + story.library(), "-n", "library-lttng", "-e", "lttng");
            dyntrace.ok("add", pid + story.library(), "-n", "library-count", "-e", "count");
            work.run();
            Counts both = new Counts(story.calls(), story.calls(), 0);
            Counts point = new Counts(story.calls(), 0, 0);
            assertEquals(both, dyntrace.counts(program, "inner-log"));
            assertEquals(point, dyntrace.counts(program, "library-log"));
            assertEquals(point, dyntrace.counts(program, "inner-lttng"));
            assertEquals(both, dyntrace.counts(program, "library-lttng"));
            assertEquals(both, dyntrace.counts(program, "library-count"));
            for (String name : List.of("inner-log", "library-log", "inner-lttng", "library-lttng", "library-count")) {
                dyntrace.ok("rm", pid + name);
            }
            ProgramText.assertAsInFiles(program);
            work.run();

            LogLines lines = LogLines.of(log);
            assertEquals(story.calls(), lines.count("entry", "inner-log"));
            assertEquals(story.calls(), lines.count("exit", "inner-log"));
            assertEquals(story.calls(), lines.count("hit", "library-log"));
            List<String> events = session.events();
            for (String event : List.of("tracepoint_hit", "function_entry", "function_exit")) {
                assertEquals(story.calls(), count(events, event, program), event);
            }
            assertEquals(2, count(events, "tracepoint_info", program));
        }
    }

    private static long count(List<String> events, String event, Program program) {
        Matcher line = Pattern.compile("dyntrace_lttng:" + event + ":.*vpid = " + program.pid() + "\\b")
                .matcher("");
        return events.stream().filter(text -> line.reset(text).find()).count();
    }
}
