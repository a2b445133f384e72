package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The programs of natives/src/test/c/zoo, each a trap, with all native tracers, points and entry/exit, while they run. They look themselves
 * whether all is as it should be; here their counts are compared with ours. The property dyntrace.zoo is a regular expression for
 * those to run.
 */
@Execution(ExecutionMode.CONCURRENT)
class ZooTest {
    private static final int ROUNDS = 20;

    /** Those that can't be traced. */
    private static final Set<String> STARVED = Set.of("few_descriptors", "little_memory");
    /** Those that log to their own stdout. */
    private static final Set<String> TO_STDOUT = Set.of("full_pipe", "other_stdout");

    /** Whether the agent was built with AGENT_CHECKS=-fsanitize=address, which then is the allocator, too. */
    private static final boolean ADDRESSES =
            System.getProperty("dyntrace.sanitize", "").equals("address");

    private static final Map<String, String> ENVIRONMENT = ADDRESSES
            ? Map.of(
                    "LD_PRELOAD",
                    Shell.run("gcc", "-print-file-name=libasan.so.8").ok(),
                    "ASAN_OPTIONS",
                    "detect_leaks=0:halt_on_error=1:abort_on_error=1:detect_stack_use_after_return=0:handle_segv=0")
            : Map.of();

    private static final Map<String, String> LOCATIONS = Map.of(
            "writing",
            "write@libc.so.6",
            "allocating",
            ADDRESSES ? "malloc@libasan.so.8" : "malloc@libc.so.6",
            "unloading",
            "traced_loaded@unloaded.so");
    /** Where entry and exit go, if not to the same: a function begins there, with nothing below its stack pointer. */
    private static final Map<String, String> PAIRS = Map.of("red_zone", "keep_below");

    private static final Pattern TOTALS = Pattern.compile("calls (\\d+) maybe (\\d+) open (\\d+)\n");
    /** What comes on the output; AddressSanitizer has a word on coroutines. */
    private static final Pattern EXPECTED =
            Pattern.compile("ready\n|" + TOTALS + "|==\\d+==WARNING: ASan doesn't fully support .*\n");

    private static final Pattern EVENT = Pattern.compile(
            "dyntrace_lttng:(\\w+):.*vpid = (\\d+).* address = 0x(\\p{XDigit}+)(?:, name = \"([^\"]*)\")?");

    private static Installation dyntrace;

    /** What a program says of itself. */
    private record Totals(long calls, long maybe, long open) {}

    @BeforeAll
    static void install() {
        LttngSession.startDaemon();
        dyntrace = Installation.start();
    }

    @AfterAll
    static void remove() {
        dyntrace.close();
    }

    static Stream<String> programs() throws IOException {
        String wanted = System.getProperty("dyntrace.zoo", ".*");
        try (Stream<Path> files = Files.list(Path.of(Program.testSource("c/zoo")))) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(file -> !file.endsWith(".h"))
                    .map(file -> file.replaceAll("\\..*", ""))
                    .filter(name -> !name.equals("unloaded") && !STARVED.contains(name) && name.matches(wanted))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void isTracedAndUnharmed(String name) {
        try (Program program = start(name);
                LttngSession session = LttngSession.start(dyntrace.file("trace-" + name))) {
            program.await("ready");
            // What is there when a tracepoint comes is not waited for afterwards.
            program.send(name.equals("unloading") ? "0" : "free");
            attach(program, name);
            String points = program.pid() + ":" + LOCATIONS.getOrDefault(name, "traced_*");
            String pairs = PAIRS.containsKey(name) ? program.pid() + ":" + PAIRS.get(name) : points;
            Path log = dyntrace.file("log-" + name);
            dyntrace.ok("add", points, "-n", "counts", "count");
            dyntrace.ok("add", pairs, "-n", "pairs", "-e", "count");
            if (TO_STDOUT.contains(name)) {
                dyntrace.ok("add", points, "-n", "lines", "log");
            } else {
                dyntrace.ok("add", points, "-n", "lines", "log", log);
            }
            dyntrace.ok("add", points, "-n", name, "lttng");
            dyntrace.ok("add", pairs, "-n", name + "-e", "-e", "lttng");

            Totals before = rounds(program, 0);
            Map<String, Counts> counted = dyntrace.counts(program);
            Totals after = rounds(program, ROUNDS);
            Map<String, Counts> counts = dyntrace.counts(program);
            assertEquals(Set.of("counts", "pairs", "lines", name, name + "-e"), counts.keySet());
            counts.forEach((tracepoint, now) -> {
                String what = tracepoint + " " + counted.get(tracepoint) + " " + now + " " + before + " " + after;
                long hits = now.hits() - counted.get(tracepoint).hits();
                assertTrue(
                        hits >= after.calls() - before.calls()
                                && hits <= after.calls() + after.maybe() - before.calls() - before.maybe(),
                        what);
                boolean pair = tracepoint.equals("pairs") || tracepoint.endsWith("-e");
                assertTrue(
                        pair ? now.exits() <= now.hits() && now.exits() >= now.hits() - after.open() : now.exits() == 0,
                        what);
                assertTrue(now.lost() == 0 || tracepoint.equals("lines") && TO_STDOUT.contains(name), what);
            });

            program.send("free");
            List.copyOf(counts.keySet()).forEach(tracepoint -> dyntrace.ok("rm", program.pid() + ":" + tracepoint));
            assertTrue(dyntrace.ok("verify", program.pid()).contains("no byte differs"));
            assertEnds(program, name);
            if (!TO_STDOUT.contains(name)) {
                assertLogged(log, name, program.pid(), counts.get("lines"), after);
            }
            assertTraced(session.events(), name, program.pid(), counts, after);
        }
    }

    /** Where there is too little of something, a word says what, and the program goes on. */
    @ParameterizedTest
    @ValueSource(strings = {"few_descriptors", "little_memory"})
    void isLeftAlone(String name) {
        try (Program program = start(name)) {
            program.await("ready");
            program.send("free");
            Result attached = dyntrace.run("attach", program.pid());
            assertEquals(1, attached.exitCode());
            assertTrue(attached.err().contains("prlimit --pid " + program.pid()), attached.err());
            rounds(program, ROUNDS);
            program.send("free");
            assertTrue(dyntrace.ok("verify", program.pid()).contains("no byte differs"));
            assertEnds(program, name);
        }
    }

    private static Program start(String name) {
        Path binary = Program.compile("zoo/" + name);
        return switch (name) {
            case "preloaded" -> {
                Map<String, String> more = new HashMap<>(ENVIRONMENT);
                more.merge("LD_PRELOAD", Installation.agent().toString(), (first, second) -> first + " " + second);
                more.put("DYNTRACE_RUNDIR", dyntrace.rundir().toString());
                yield Program.start(more, binary);
            }
            case "unloading" -> {
                String library = dyntrace.file("unloaded.so").toString();
                Program.compile("zoo/unloaded", "-shared", "-fPIC", "-o", library);
                yield Program.start(ENVIRONMENT, binary, library);
            }
            default -> Program.start(ENVIRONMENT, binary);
        };
    }

    private static void attach(Program program, String name) {
        if (name.equals("preloaded")) {
            Waiting.until(
                    20,
                    () -> "the agent finds the daemon",
                    () -> dyntrace.ok("list-processes", "--json").contains("\"pid\":" + program.pid() + ","));
        } else {
            dyntrace.attach(program);
        }
    }

    private static Totals rounds(Program program, int rounds) {
        Matcher said = TOTALS.matcher(program.ask("" + rounds, "open"));
        assertTrue(said.find(), program::output);
        return new Totals(Long.parseLong(said.group(1)), Long.parseLong(said.group(2)), Long.parseLong(said.group(3)));
    }

    private static void assertEnds(Program program, String name) {
        try {
            program.input().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertEquals(0, program.awaitExit(), program::output);
        if (!TO_STDOUT.contains(name)) {
            assertEquals("", EXPECTED.matcher(program.output()).replaceAll(""));
        }
    }

    /** Children by fork write into the same file; those by vfork are counted with their parent, but have a number of their own. */
    private static void assertLogged(Path log, String name, long pid, Counts counts, Totals totals) {
        List<String> lines = LogLines.of(log).lines().stream()
                .filter(line -> name.equals("vforking") || line.contains(" " + pid + "/"))
                .toList();
        // Until the tracepoint was removed, hits came.
        assertTrue(
                new LogLines(lines).count("hit", "lines") >= counts.hits() - totals.maybe(),
                lines.size() + " " + counts);
    }

    private static void assertTraced(
            List<String> events, String name, long pid, Map<String, Counts> counts, Totals totals) {
        Set<String> addresses = new HashSet<>();
        Map<String, Long> seen = new HashMap<>();
        for (String line : events) {
            Matcher event = EVENT.matcher(line);
            assertTrue(event.find(), line);
            boolean ours = event.group(2).equals("" + pid);
            if (ours && event.group(4) != null && event.group(4).startsWith(name)) {
                addresses.add(event.group(3));
            } else if (addresses.contains(event.group(3)) && (ours || name.equals("vforking"))) {
                seen.merge(event.group(1), 1L, Long::sum);
            }
        }
        String what = seen + " " + counts;
        assertTrue(seen.getOrDefault("tracepoint_hit", 0L) >= counts.get(name).hits() - totals.maybe(), what);
        assertTrue(
                seen.getOrDefault("function_entry", 0L)
                        >= counts.get(name + "-e").hits() - totals.maybe(),
                what);
        assertTrue(
                seen.getOrDefault("function_exit", 0L)
                        >= counts.get(name + "-e").exits() - totals.maybe(),
                what);
    }
}
