package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tracepoints saved, applied to other processes, and kept for those to come. */
class SetsTest {
    @TempDir
    Path files;

    private static String names(Installation dyntrace, Program program) {
        return String.join(" ", dyntrace.counts(program).keySet());
    }

    private static void awaitNames(Installation dyntrace, Program program, String names) {
        Waiting.until(
                30,
                () -> "process " + program.pid() + " has " + names + ": "
                        + dyntrace.run("list-tracepoints", program.pid()),
                () -> dyntrace.run("list-tracepoints", program.pid()).exitCode() == 0
                        && names(dyntrace, program).equals(names));
    }

    @Test
    void whatIsSavedCanBePlacedInAnotherProcess() throws IOException {
        Path set = files.resolve("story.tracepoints");
        Path log = files.resolve("hits.log");
        try (Installation dyntrace = Installation.start()) {
            try (Program program = Program.ours("e2e_story")) {
                dyntrace.attach(program);
                dyntrace.ok("add", program.pid() + ":callee", "-e", "-n", "logged", "log", log);
                dyntrace.ok("add", program.pid() + ":callee@e2e_story", "-n", "counted", "count");
                String address =
                        dyntrace.ok("list-symbols", program.pid(), "guarded").split(" ")[0];
                dyntrace.ok("add", program.pid() + ":" + address, "-n", "by-address", "count");
                dyntrace.ok("save", set);
                // One placed by an address is the one of the function there.
                assertEquals("", dyntrace.ok("apply", set));
            }
            String text = Files.readString(set);
            assertTrue(text.startsWith("dyntrace-set 1\nprogram "), text);
            assertTrue(text.contains("    callee -e -n logged log " + log + "\n"), text);
            assertTrue(text.contains("    guarded@e2e_story -n by-address count\n"), text);
            try (Program program = Program.ours("e2e_story")) {
                assertEquals(
                        program.pid() + ":by-address\n" + program.pid() + ":counted\n" + program.pid() + ":logged",
                        dyntrace.ok("apply", set)
                                .lines()
                                .sorted()
                                .reduce((a, b) -> a + "\n" + b)
                                .orElse(""));
                program.ask("calls 10", "done");
                assertEquals(new Counts(10, 10, 0), dyntrace.counts(program, "logged"));
                assertEquals(new Counts(10, 0, 0), dyntrace.counts(program, "counted"));
                assertEquals(10, LogLines.of(log).count("exit", "logged"));
                // Once more: all is there.
                Result again = dyntrace.run("apply", set, program.pid());
                assertEquals("", again.ok());
                assertEquals(
                        3,
                        again.err()
                                .lines()
                                .filter(line -> line.contains("there already"))
                                .count());
                assertEquals(text, dyntrace.ok("save", "-") + "\n");
            }
        }
    }

    @Test
    void allOrNothing() throws IOException {
        try (Installation dyntrace = Installation.start();
                Program first = Program.ours("e2e_story");
                Program second = Program.ours("e2e_story")) {
            dyntrace.attach(first);
            String program = Program.compile("e2e_story").toString();
            dyntrace.ok("add", first.pid() + ":callee", "-n", "mine", "count");
            Path set = files.resolve("set");
            Files.writeString(
                    set,
                    "dyntrace-set 1\nprogram " + program
                            + "\n callee -n good count\n guarded -e count\n nowhere_at_all -n bad count\n");
            Result refused = dyntrace.run("apply", set);
            assertEquals(1, refused.exitCode(), refused::toString);
            assertTrue(refused.err().contains("nowhere_at_all"), refused::toString);
            assertTrue(refused.err().contains("Nothing of the set was placed"), refused::toString);
            assertEquals("mine", names(dyntrace, first));
            ProgramText.assertAsInFiles(second);

            // The second process refuses what the first one takes.
            dyntrace.ok("attach", second.pid());
            dyntrace.ok("add", second.pid() + ":guarded", "-n", "good", "count");
            Files.writeString(set, "dyntrace-set 1\nprogram " + program + "\n callee -n good count\n");
            Result taken = dyntrace.run("apply", set);
            assertEquals(1, taken.exitCode(), taken::toString);
            assertTrue(taken.err().contains("'good' already"), taken::toString);
            assertEquals("mine", names(dyntrace, first));
            assertEquals("good", names(dyntrace, second));
        }
    }

    @Test
    void otherBuildsAndProgramsAreRefused() throws IOException {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story")) {
            Path set = files.resolve("set");
            String path = Program.compile("e2e_story").toString();
            Files.writeString(set, "dyntrace-set 1\nprogram " + path + " 00ff00\n callee count\n");
            Result build = dyntrace.run("apply", set);
            assertEquals(1, build.exitCode(), build::toString);
            assertTrue(build.err().contains("another build"), build::toString);
            Files.writeString(set, "dyntrace-set 1\nprogram /no/such/program\n callee count\n");
            Result none = dyntrace.run("apply", set);
            assertEquals(1, none.exitCode(), none::toString);
            assertTrue(none.err().contains("No process runs /no/such/program"), none::toString);
            Result other = dyntrace.run("apply", set, program.pid());
            assertTrue(other.err().contains("nothing for process " + program.pid()), other::toString);
            Files.writeString(set, "dyntrace-set 1\nprogram /bin/x\n callee\n");
            Result line = dyntrace.run("apply", set);
            assertEquals(2, line.exitCode(), line::toString);
            assertTrue(line.err().contains("Line 3: The tracer is missing"), line::toString);
            assertEquals(1, dyntrace.run("apply", files.resolve("missing")).exitCode());
            assertEquals(
                    1, dyntrace.run("save", files.resolve("no/such/directory")).exitCode());
            assertEquals(1, dyntrace.run("save", files.resolve("nothing")).exitCode());
        }
    }

    @Test
    void aPersistentSetComesToEachRestartedTarget() throws IOException {
        Path classes = Files.createDirectories(files.resolve("classes"));
        Jvm.compile("Story", classes);
        Path set = files.resolve("both.tracepoints");
        Files.writeString(
                set,
                "dyntrace-set 1\nprogram " + Program.compile("e2e_story")
                        + "\n    callee -n calls count\njava Story\n    Story.work(int) -n works count\n");
        try (Installation dyntrace = Installation.start()) {
            Result waits = dyntrace.run("apply", set, "--persistent");
            assertEquals("", waits.ok());
            assertTrue(waits.err().contains("waits"), waits::toString);
            assertTrue(dyntrace.ok("list-sets", "--json").contains("\"name\":\"both\""));
            try (Program program = Program.ours("e2e_story")) {
                awaitNames(dyntrace, program, "calls");
                program.ask("calls 10", "done");
                assertEquals(10, dyntrace.counts(program, "calls").hits());
                // Once to each: what somebody has removed stays away, also when another daemon comes.
                dyntrace.ok("rm", program.pid() + ":calls");
                dyntrace.killDaemon();
                dyntrace.startDaemon();
                try (Program restarted = Program.ours("e2e_story");
                        Program story = Jvm.start(Jvm.own("java"), classes, "Story")) {
                    awaitNames(dyntrace, restarted, "calls");
                    awaitNames(dyntrace, story, "works");
                    Waiting.until(
                            20,
                            () -> "the first one's agent comes back",
                            () -> dyntrace.run("list-tracepoints", program.pid())
                                            .exitCode()
                                    == 0);
                    assertEquals("", names(dyntrace, program));
                }
                dyntrace.ok("forget", "both");
                assertFalse(dyntrace.ok("list-sets").contains("both"));
                assertEquals(1, dyntrace.run("forget", "both").exitCode());
            }
        }
    }

    /** The daemon is killed again and again while it applies a set: the next one takes away what was placed of it. */
    @Test
    void aDaemonKilledInTheMidstLeavesNoHalfOfASet() throws IOException {
        StringBuilder text = new StringBuilder("dyntrace-set 1\nprogram " + Program.compile("e2e_crowd") + "\n");
        for (int i = 0; i < 200; i++) {
            text.append("    crowd_1")
                    .append(String.format("%03d", i))
                    .append(" -n t")
                    .append(i)
                    .append(" count\n");
        }
        Path set = Files.writeString(files.resolve("many"), text);
        try (Installation dyntrace = Installation.start()) {
            int halves = 0;
            for (int placed : new int[] {1, 20, 100}) {
                try (Program program = Program.start(Program.compile("e2e_crowd"), 0)) {
                    dyntrace.attach(program);
                    Process applying = new ProcessBuilder(
                                    Installation.launcher("dyntrace"),
                                    "--rundir",
                                    dyntrace.rundir().toString(),
                                    "apply",
                                    set.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(files.resolve("out").toFile())
                            .start();
                    Waiting.until(
                            60,
                            () -> placed + " are placed",
                            () -> !applying.isAlive() || begun(dyntrace.rundir()) >= placed);
                    dyntrace.killDaemon();
                    dyntrace.startDaemon();
                    dyntrace.awaitListed(program);
                    int there = dyntrace.counts(program).size();
                    assertTrue(there == 0 || there == 200, () -> there + " of 200 are there");
                    if (there == 0) {
                        halves++;
                        ProgramText.assertAsInFiles(program);
                    }
                }
            }
            assertTrue(halves > 0, "the daemon was never killed in the midst");
        }
    }

    /** {@return how many of a set's tracepoints the daemon has begun to place} */
    private static long begun(Path rundir) {
        try (Stream<Path> all = Files.list(rundir)) {
            long lines = 0;
            for (Path file : all.filter(path -> path.getFileName().toString().startsWith("applying-"))
                    .toList()) {
                lines += Files.readString(file).lines().count();
            }
            return lines;
        } catch (NoSuchFileException ended) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
