package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The native agent leaves a program as it was. {@code -Ddyntrace.nativedetaches=1000} for the long run. */
class NativeDetachTest {
    private static final int CYCLES = Integer.getInteger("dyntrace.nativedetaches", 100);

    @TempDir
    private Path files;

    private static Installation dyntrace;

    @BeforeAll
    static void install() {
        dyntrace = Installation.start();
    }

    @AfterAll
    static void remove() {
        dyntrace.close();
    }

    /**
     * What a process has.
     *
     * @param maps its mappings as the kernel lists them, without the heap, which the program's own allocations make grow
     * @param descriptors what is open, by number
     * @param threads their names
     */
    private record Belongings(List<String> maps, Map<String, String> descriptors, List<String> threads) {
        static Belongings of(Program program) {
            Path process = Path.of("/proc/" + program.pid());
            Map<String, String> open = new TreeMap<>();
            entries(process.resolve("fd"))
                    .forEach(entry -> open.put(entry.getFileName().toString(), link(entry)));
            return new Belongings(
                    Waiting.text(process.resolve("maps"))
                            .lines()
                            .filter(line -> !line.endsWith("[heap]"))
                            .toList(),
                    open,
                    entries(process.resolve("task")).stream()
                            .map(task -> Waiting.text(task.resolve("comm")).strip())
                            .sorted()
                            .toList());
        }

        private static List<Path> entries(Path directory) {
            List<Path> all = new ArrayList<>();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                entries.forEach(all::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return all;
        }

        private static String link(Path entry) {
            try {
                return Files.readSymbolicLink(entry).toString();
            } catch (NoSuchFileException closed) {
                return "";
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** {@return how many mappings are of a file of ours} */
        long ours() {
            return maps.stream().filter(line -> line.contains("dyntrace-agent")).count();
        }
    }

    private static void assertSame(Belongings before, Belongings after) {
        assertEquals(String.join("\n", before.maps), String.join("\n", after.maps));
        assertEquals(before, after);
    }

    private static void assertVerified(Program program) {
        ProgramText.assertAsInFiles(program);
        String verified = dyntrace.ok("verify", program.pid());
        assertTrue(verified.contains("no byte differs"), verified);
    }

    /** Its threads have been there once: what the C library keeps of them is the program's. */
    private static Program story() {
        Program program = Program.ours("e2e_story");
        program.ask("threads 4 10", "done");
        return program;
    }

    private void addSome(Program program) {
        Path log = files.resolve("log");
        dyntrace.ok("add", program.pid() + ":callee", "-n", "pairs", "-e", "log", log);
        dyntrace.ok("add", program.pid() + ":callee", "-n", "counted", "count");
        dyntrace.ok("add", program.pid() + ":recursion", "-e", "count");
        dyntrace.ok("add", program.pid() + ":jump_inner", "-e", "count");
        dyntrace.ok("add", program.pid() + ":late@libnever.so.1", "count");
        dyntrace.ok("disable", program.pid() + ":counted");
    }

    /** Its file has another name by now, and another daemon comes: the code is the same. */
    @Test
    void aRenamedProgram() throws IOException {
        Path file =
                Files.copy(Program.compile("e2e_story"), files.resolve("story"), StandardCopyOption.COPY_ATTRIBUTES);
        try (Program program = Program.start(file)) {
            program.await("ready");
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":callee", "-n", "calls", "count");
            dyntrace.stopDaemon();
            Files.move(file, files.resolve("story.old"));
            dyntrace.startDaemon();
            dyntrace.awaitListed(program);
            program.ask("calls 10", "done");
            assertEquals(10, dyntrace.counts(program, "calls").hits());
            dyntrace.ok("detach", program.pid());
            assertTrue(dyntrace.ok("verify", program.pid()).contains("no byte differs"));
            program.ask("calls 10", "done");
        }
    }

    @Test
    void nothingStays() {
        try (Program program = story()) {
            Belongings before = Belongings.of(program);
            dyntrace.attach(program);
            addSome(program);
            program.ask("calls 10", "done");
            program.ask("recurse 300", "done 300");
            program.ask("jump 5", "done 0");
            program.ask("threads 4 10", "done");
            assertTrue(Belongings.of(program).ours() > 0);

            Result left = dyntrace.run("detach", program.pid());
            assertEquals("", left.ok());
            assertEquals("", left.err());
            assertSame(before, Belongings.of(program));
            assertVerified(program);
            assertFalse(dyntrace.ok("list-processes").contains("" + program.pid()));
            program.ask("recurse 300", "done 300");
            Result again = dyntrace.run("detach", program.pid());
            assertEquals(1, again.exitCode());
            assertTrue(again.err().contains("has no agent"), again.err());

            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":callee", "-n", "again", "-e", "count");
            program.ask("calls 10", "done");
            program.ask("threads 4 10", "done");
            assertEquals(new Counts(50, 50, 0), dyntrace.counts(program, "again"));
        }
    }

    @Test
    void underCalls() {
        try (Program program = story()) {
            program.ask("spin 4", "done");
            for (int i = 0; i < 5; i++) {
                dyntrace.attach(program);
                dyntrace.ok("add", program.pid() + ":callee", "-e", "count");
                dyntrace.ok("add", program.pid() + ":callee", "log", files.resolve("log"));
                assertEquals("", dyntrace.run("detach", program.pid()).err());
                assertEquals(0, Belongings.of(program).ours());
            }
            program.ask("stop", "done");
            assertVerified(program);
        }
    }

    /** The program waits in functions that were entered by way of the agent's stubs: they return to their callers. */
    @Test
    void callsThatAreUnderWayReturn() {
        try (Program program = story()) {
            Belongings before = Belongings.of(program);
            dyntrace.attach(program);
            dyntrace.ok(
                    "add",
                    program.pid() + ":/^(_IO_)?(fgets|getline|getline_info|file_underflow|file_read|default_uflow)$/",
                    "-n",
                    "deep",
                    "-e",
                    "count");
            dyntrace.ok("add", program.pid() + ":read@libc.so.6", "-n", "read", "-e", "count");
            program.ask("calls 1", "done");
            // It waits for the next line.
            Waiting.until(20, () -> "an entry", () -> {
                Counts read = dyntrace.counts(program, "read");
                return read.hits() == read.exits() + 1;
            });
            Counts deep = dyntrace.counts(program, "deep");
            assertTrue(deep.hits() > deep.exits(), deep::toString);
            assertEquals("", dyntrace.run("detach", program.pid()).err());
            assertSame(before, Belongings.of(program));
            program.ask("calls 10", "done");
            program.ask("recurse 20", "done 20");
        }
    }

    @Test
    void cyclesDoNotGrow() {
        try (Program program = story();
                DaemonConnection daemon =
                        DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false))) {
            Belongings before = Belongings.of(program);
            long heap = 0;
            for (int i = 0; i < CYCLES; i++) {
                daemon.daemon().attach("" + program.pid());
                ProcessMXBean process = daemon.process(program.pid());
                process.add("callee", true, "pairs", "count", List.of());
                process.add(
                        "callee",
                        false,
                        "log",
                        "log",
                        List.of(files.resolve("log").toString()));
                program.ask("threads 2 10", "done");
                assertEquals(20, process.listTracepoints().get(0).getHits());
                assertEquals("", process.detach());
                if (i == CYCLES / 2) {
                    heap = heap(program);
                }
            }
            assertSame(before, Belongings.of(program));
            assertEquals(heap, heap(program));
            assertVerified(program);
        }
    }

    /** {@return bytes of the heap} */
    private static long heap(Program program) {
        String line = Waiting.text(Path.of("/proc/" + program.pid() + "/maps"))
                .lines()
                .filter(each -> each.endsWith("[heap]"))
                .findFirst()
                .orElseThrow();
        String[] ends = line.substring(0, line.indexOf(' ')).split("-");
        return Long.parseLong(ends[1], 16) - Long.parseLong(ends[0], 16);
    }

    @Test
    void aProgramThatWasStartedWithIt() {
        try (Program program = Program.start(
                Map.of(
                        "LD_PRELOAD", Installation.agent().toString(),
                        "DYNTRACE_RUNDIR", dyntrace.rundir().toString()),
                Program.compile("e2e_story"))) {
            program.await("ready");
            program.ask("threads 4 10", "done");
            Belongings last = null;
            for (int i = 0; i < 3; i++) {
                Waiting.until(
                        20,
                        () -> "the agent finds the daemon",
                        () -> dyntrace.ok("list-processes", "--json").contains("\"pid\":" + program.pid() + ","));
                dyntrace.ok("add", program.pid() + ":callee", "-n", "pairs", "-e", "count");
                program.ask("threads 4 10", "done");
                assertEquals(new Counts(40, 40, 0), dyntrace.counts(program, "pairs"));
                Result left = dyntrace.run("detach", program.pid());
                assertEquals("", left.ok());
                assertTrue(
                        left.err().contains("stays mapped") && left.err().contains("was started with it"), left.err());
                Belongings now = Belongings.of(program);
                assertEquals(List.of("e2e_story"), now.threads);
                assertEquals(List.of("0", "1", "2"), List.copyOf(now.descriptors.keySet()));
                if (last != null) {
                    assertSame(last, now);
                }
                last = now;
                program.ask("threads 4 10", "done");
                dyntrace.attach(program);
            }
        }
    }

    @Test
    void lttngStays() {
        try (Program program = story();
                LttngSession session = LttngSession.start(files.resolve("trace"))) {
            Belongings last = null;
            for (int i = 0; i < 4; i++) {
                dyntrace.attach(program);
                dyntrace.ok("add", program.pid() + ":callee", "-n", "traced", "-e", "lttng");
                program.ask("calls 10", "done");
                assertEquals(new Counts(10, 10, 0), dyntrace.counts(program, "traced"));
                Result left = dyntrace.run("detach", program.pid());
                assertEquals("", left.ok());
                assertTrue(left.err().contains("LTTng-UST"), left.err());
                Belongings now = Belongings.of(program);
                assertFalse(now.threads.contains("dyntrace"), now.threads::toString);
                if (i > 1) {
                    assertEquals(last.threads, now.threads);
                    assertEquals(last.descriptors, now.descriptors);
                    assertEquals(last.maps.size(), now.maps.size());
                }
                last = now;
                program.ask("calls 10", "done");
            }
            assertTrue(session.recordsSomething());
        }
    }

    @Test
    void aProgramThatForks() {
        try (Program shell = Program.start("/bin/bash", "--norc")) {
            shell.ask("echo rea''dy", "ready");
            shell.ask("(true); echo do''ne", "done");
            Belongings before = Belongings.of(shell);
            dyntrace.attach(shell);
            dyntrace.ok("add", shell.pid() + ":cd_builtin", "-e", "count");
            dyntrace.ok("add", shell.pid() + ":execute_command_internal", "-e", "count");
            shell.ask("cd /; (cd /; true); echo do''ne", "done");
            assertEquals("", dyntrace.run("detach", shell.pid()).err());
            assertEquals(before.descriptors, Belongings.of(shell).descriptors);
            assertEquals(before.threads, Belongings.of(shell).threads);
            assertEquals(0, Belongings.of(shell).ours());
            shell.ask("cd /; (cd /; cat /proc/self/maps | grep -c dyntrace-; true); echo do''ne", "done");
            assertVerified(shell);
        }
    }
}
