package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Programs that Debian ships, already running: a function of the program and one of a library, as points and as entry
 * and exit, with each tracer. As many hits as are known by other means, in the log, in the trace and in the counter.
 */
class RealProgramsTest {
    private static final List<String> TRACERS = List.of("log", "lttng", "count");
    private static final Pattern EVENT = Pattern.compile(
            "dyntrace_lttng:(\\w+):.* vpid = (\\d+)\\b.* address = (0x\\p{XDigit}+)(?:, name = \"([^\"]+))?");

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
            bash.ask("echo rea''dy", "ready");
            assertTraced(
                    bash,
                    new Traced("cd_builtin", 1000),
                    new Traced("chdir@libc.so.6", 1000),
                    () -> bash.ask("for ((i = 0; i < 1000; i++)); do cd /; done; echo do''ne", "done"));
            bash.ask("echo still h''ere", "still here");
        }
    }

    @Test
    void anInterpreter() {
        try (Program python = Program.start("/usr/bin/python3", "-i", "-q")) {
            python.ask("import os; print('rea' + 'dy')", "ready");
            assertTraced(
                    python,
                    new Traced("PyObject_Repr", 1000),
                    new Traced("getpgid@libc.so.6", 1000),
                    // All in this line: the prompt and the result of a statement call repr too.
                    () -> python.ask(
                            "x = [(os.getpgid(0), '%r' % (n,))[1] for n in range(1000)]; print('do' + 'ne')", "done"));
            python.ask("print('still' + ' here')", "still here");
        }
    }

    @Test
    void anotherInterpreter() {
        String loop =
                "$| = 1; print qq(ready\\n); while (<STDIN>) { for my $i (1 .. $_) { my $p = getppid; } print qq(done $_); }";
        try (Program perl = Program.start("/usr/bin/perl", "-e", loop)) {
            perl.await("ready");
            assertTraced(
                    perl,
                    new Traced("Perl_pp_getppid", 2000),
                    new Traced("getppid@libc.so.6", 2000),
                    () -> perl.ask("2000", "done 2000"));
            perl.ask("3", "done 3");
        }
    }

    @Test
    void aStrippedCppProgram() {
        StrippedFile file = new StrippedFile(Path.of("/usr/bin/gdb"));
        assertFalse(file.hasSymbols());
        try (Program gdb = Program.start("/usr/bin/gdb", "-nx", "-q")) {
            gdb.ask("echo re\\141dy\\n", "ready");
            Runnable work = () -> {
                for (String line : List.of("set $i = 0", "while $i < 1000", "cd /", "set $i = $i + 1", "end")) {
                    gdb.send(line);
                }
                gdb.ask("echo d\\157ne\\n", "done");
            };
            assertTraced(
                    gdb,
                    new Traced(theOneOf(gdb, file, "chdir", () -> gdb.ask("cd /", "directory /")), 1000),
                    new Traced("chdir@libc.so.6", 1000),
                    work);
            gdb.ask("echo st\\151ll\\n", "still");
        }
    }

    @Test
    void aStrippedProgramOfManyThreads() throws IOException {
        StrippedFile file = new StrippedFile(Path.of("/usr/bin/xz"));
        assertFalse(file.hasSymbols());
        byte[] data = new byte[1 << 20];
        new Random(1).nextBytes(data);
        Path input = Files.write(dyntrace.file("data"), data);
        Path output = dyntrace.file("compressed.xz");
        String[] options = {"-0", "-T4", "--block-size=64KiB", "-c"};
        // It compresses each file that stdin names: 16 blocks each, by four threads.
        try (Program xz = Program.start(
                "sh",
                "-c",
                "exec xz \"$@\" --files >" + output,
                "sh",
                options[0],
                options[1],
                options[2],
                options[3])) {
            Runnable twentyFiles = () -> {
                long before = Files.exists(output) && output.toFile().length() > 0 ? blocks(output) : 0;
                xz.send(String.join("\n", Collections.nCopies(20, input.toString())));
                Waiting.until(60, () -> "20 files compressed: " + xz.output(), () -> blocks(output) == before + 320);
            };
            twentyFiles.run();
            String perFile = theOneOf(xz, file, "lzma_stream_encoder_mt", twentyFiles);
            assertTraced(
                    xz, new Traced(perFile, 20), new Traced("lzma_block_header_encode@liblzma.so.5", 320), twentyFiles);
            xz.input().close();
            assertEquals(0, xz.awaitExit());
            Shell.run("xz", "--test", output.toString()).ok();
        }
    }

    /** {@return how many blocks are in a compressed file, or -1 while it is not complete} */
    private static long blocks(Path compressed) {
        Result list = Shell.run("xz", "--list", "--robot", compressed.toString());
        Matcher totals = Pattern.compile("(?m)^totals\t\\d+\t(\\d+)\t").matcher(list.out());
        return list.exitCode() == 0 && totals.find() ? Long.parseLong(totals.group(1)) : -1;
    }

    /**
     * The address in a process of the function without a name that calls an imported function when it does some work:
     * there may be several callers, of which the counters tell the one.
     */
    private String theOneOf(Program program, StrippedFile file, String imported, Runnable work) {
        SortedSet<Long> callers = file.callersOf(imported);
        dyntrace.attach(program);
        Map<String, String> addresses = new TreeMap<>();
        for (long caller : callers) {
            String address = "0x" + Long.toHexString(file.baseIn(program) + caller);
            addresses.put(dyntrace.ok("add", program.pid() + ":" + address, "count"), address);
        }
        work.run();
        List<String> called = new ArrayList<>();
        dyntrace.counts(program).forEach((name, counts) -> {
            if (counts.hits() > 0) {
                called.add(addresses.get(name));
            }
            dyntrace.ok("rm", program.pid() + ":" + name);
        });
        assertEquals(1, called.size(), () -> "called of " + addresses + ": " + called);
        return called.get(0);
    }

    /**
     * A function to trace.
     *
     * @param location the function
     * @param calls how often the work calls it
     */
    private record Traced(String location, long calls) {}

    private void assertTraced(Program program, Traced internal, Traced library, Runnable work) {
        dyntrace.attach(program);
        Path log = dyntrace.file("log");
        Map<String, Counts> expected = new TreeMap<>();
        try (LttngSession session = LttngSession.start(dyntrace.file("trace"))) {
            for (String tracer : TRACERS) {
                add(program, "internal", internal, tracer, log, expected);
                add(program, "library", library, tracer, log, expected);
            }
            work.run();
            // Where a function's end is the last of the work, its exit may come a moment after what the work waits for.
            Waiting.until(
                    20,
                    () -> "expected " + expected + ", counted " + dyntrace.counts(program),
                    () -> dyntrace.counts(program).equals(expected));
            for (String name : expected.keySet()) {
                dyntrace.ok("rm", program.pid() + ":" + name);
            }
            ProgramText.assertAsInFiles(program);
            work.run();

            LogLines lines = LogLines.of(log);
            Map<String, Long> events = events(program, session);
            for (String which : List.of("internal", "library")) {
                long calls = which.equals("internal") ? internal.calls() : library.calls();
                assertEquals(calls, lines.count("hit", which + "-log"));
                assertEquals(calls, lines.count("entry", which + "-log-e"));
                assertEquals(calls, lines.count("exit", which + "-log-e"));
                for (String event : List.of("tracepoint_hit", "function_entry", "function_exit")) {
                    assertEquals(calls, events.get(which + " " + event), () -> which + " " + event + ": " + events);
                }
            }
            assertEquals(6, events.size(), events::toString);
        }
    }

    private void add(
            Program program, String which, Traced traced, String tracer, Path log, Map<String, Counts> expected) {
        List<Object> point = new ArrayList<>(List.of("add", program.pid() + ":" + traced.location()));
        List<Object> frame = new ArrayList<>(point);
        String name = which + "-" + tracer;
        point.addAll(List.of("-n", name, tracer));
        frame.addAll(List.of("-n", name + "-e", "-e", tracer));
        if (tracer.equals("log")) {
            point.add(log);
            frame.add(log);
        }
        assertEquals(name, dyntrace.ok(point.toArray()));
        assertEquals(name + "-e", dyntrace.ok(frame.toArray()));
        expected.put(name, new Counts(traced.calls(), 0, 0));
        expected.put(name + "-e", new Counts(traced.calls(), traced.calls(), 0));
    }

    /** {@return how many events of each kind a program has in a trace, which tells itself which address is which} */
    private static Map<String, Long> events(Program program, LttngSession session) {
        Map<String, String> functions = new TreeMap<>();
        Map<String, Long> counts = new TreeMap<>();
        for (String line : session.events()) {
            Matcher event = EVENT.matcher(line);
            if (!event.find() || !event.group(2).equals("" + program.pid())) {
                continue;
            }
            String address = event.group(3);
            if (event.group(1).equals("tracepoint_info")) {
                functions.put(address, event.group(4).replaceAll("-.*", ""));
            } else {
                counts.merge(functions.get(address) + " " + event.group(1), 1L, Long::sum);
            }
        }
        return counts;
    }
}
