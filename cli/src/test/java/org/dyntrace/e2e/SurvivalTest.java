package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What goes wrong on a machine around the daemon: each has its message, and targets go on. */
class SurvivalTest {
    private static final String CLOCK_LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    @Test
    void aFullDiskCostsLinesAndNoHits() throws IOException {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story")) {
            Path disk = Files.createDirectory(dyntrace.file("disk"));
            shell("mount", "-t", "tmpfs", "-o", "size=16k", "none", disk).ok();
            try {
                dyntrace.attach(program);
                dyntrace.ok("add", program.pid() + ":callee", "-n", "logged", "log", disk.resolve("log"));
                assertEquals("done 0\n", program.ask("calls 5000", "done"));
                Counts counts = dyntrace.counts(program, "logged");
                assertEquals(5000, counts.hits());
                assertTrue(counts.lost() > 4000, counts::toString);
                assertTrue(
                        dyntrace.ok("list-tracepoints", program.pid()).contains("5000 (" + counts.lost() + " lost)"));
                dyntrace.ok("rm", program.pid() + ":logged");
                ProgramText.assertAsInFiles(program);
            } finally {
                shell("umount", "-l", disk).ok();
            }
        }
    }

    /** Nothing can be written at all: no set is begun that a next daemon could not undo, and no tracepoint stays. */
    @Test
    void aFullRunDirectoryStopsNoRemoval() throws IOException {
        Path directory = Files.createTempDirectory("dyntrace-full");
        shell("mount", "-t", "tmpfs", "-o", "size=256k", "none", directory).ok();
        try (Program program = Program.ours("e2e_story")) {
            String rundir = directory.resolve("run").toString();
            Process daemon = new ProcessBuilder(Installation.launcher("dyntraced"), "--rundir", rundir).start();
            try {
                Waiting.until(
                        30,
                        () -> "the daemon serves",
                        () -> ask(rundir, "list-processes").exitCode() == 0);
                ask(rundir, "attach", program.pid()).ok();
                ask(rundir, "add", program.pid() + ":callee", "-n", "before", "count")
                        .ok();
                Path set = Files.writeString(
                        Files.createTempFile("dyntrace", ".tracepoints"),
                        "dyntrace-set 1\nprogram " + Program.compile("e2e_story")
                                + "\n    guarded -n of-a-set count\n");
                shell("sh", "-c", "cat /dev/zero > " + directory + "/filler || true");
                Result applied = ask(rundir, "apply", set);
                assertEquals(1, applied.exitCode(), applied::toString);
                assertTrue(applied.err().contains("can't write in its run directory"), applied::toString);
                ask(rundir, "add", program.pid() + ":guarded", "-n", "meanwhile", "count")
                        .ok();
                program.ask("calls 10", "done");
                ask(rundir, "rm", program.pid() + ":before").ok();
                ask(rundir, "rm", program.pid() + ":meanwhile").ok();
                ProgramText.assertAsInFiles(program);
                Files.delete(set);
            } finally {
                daemon.destroy();
                Waiting.until(30, () -> "the daemon ends", () -> !daemon.isAlive());
            }
        } finally {
            shell("umount", "-l", directory).ok();
            Files.delete(directory);
        }
    }

    @Test
    void aDaemonWithoutItsRunDirectoryEndsAndSaysSo() throws IOException {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":callee", "-n", "calls", "count");
            program.ask("calls 10", "done");
            Installation.delete(dyntrace.rundir());
            String said = dyntrace.awaitDaemonsEnd(1);
            assertTrue(said.contains("was removed") && said.contains("Start the daemon again"), said);
            Result nobody = dyntrace.run("list-processes");
            assertEquals(3, nobody.exitCode(), nobody::toString);
            program.ask("calls 10", "done");
            dyntrace.startDaemon();
            dyntrace.awaitListed(program);
            assertEquals(20, dyntrace.counts(program, "calls").hits());
        }
    }

    /** In the background nobody would start it again: another one takes its place. */
    @Test
    void aDaemonInTheBackgroundComesBack() throws IOException {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story")) {
            dyntrace.stopDaemon();
            shell(Installation.launcher("dyntraced"), "--daemonize", "--rundir", dyntrace.rundir())
                    .ok();
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":callee", "-n", "calls", "count");
            Files.delete(dyntrace.rundir().resolve("jmx.sock"));
            Waiting.until(
                    30,
                    () -> "a daemon answers again",
                    () -> dyntrace.run("list-processes").exitCode() == 0);
            dyntrace.awaitListed(program);
            program.ask("calls 10", "done");
            assertEquals(10, dyntrace.counts(program, "calls").hits());
            shell("pkill", "-f", "--", "--rundir " + dyntrace.rundir()).ok();
        }
    }

    @Test
    void aStoppedProcessIsLeftAlone() {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":callee", "-n", "calls", "count");
            program.ask("calls 10", "done");
            program.signal("STOP");
            Stream.of(
                            dyntrace.run("add", program.pid() + ":guarded", "count"),
                            dyntrace.run("rm", program.pid() + ":calls"),
                            dyntrace.run("disable", program.pid() + ":calls"),
                            dyntrace.run("detach", program.pid()))
                    .forEach(refused -> {
                        assertEquals(1, refused.exitCode(), refused::toString);
                        assertTrue(refused.err().contains("is stopped by a signal"), refused::toString);
                        assertTrue(refused.err().contains("kill -CONT " + program.pid()), refused::toString);
                    });
            assertEquals(10, dyntrace.counts(program, "calls").hits());
            program.signal("CONT");
            program.ask("calls 10", "done");
            assertEquals(20, dyntrace.counts(program, "calls").hits());
            dyntrace.ok("rm", program.pid() + ":calls");
            ProgramText.assertAsInFiles(program);
        }
    }

    @Test
    void aStoppedDaemonHoldsNobodyUp() throws IOException, InterruptedException {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":callee", "-n", "calls", "-e", "log", dyntrace.file("log"));
            String daemon = Long.toString(dyntrace.daemonPid());
            shell("kill", "-STOP", daemon).ok();
            try {
                Process asked = new ProcessBuilder(
                                Installation.launcher("dyntrace"),
                                "--rundir",
                                dyntrace.rundir().toString(),
                                "list-processes")
                        .redirectErrorStream(true)
                        .redirectOutput(dyntrace.file("said").toFile())
                        .start();
                program.ask("threads 2 500", "done");
                assertTrue(asked.waitFor(60, TimeUnit.SECONDS));
                assertEquals(3, asked.exitValue());
                assertTrue(Files.readString(dyntrace.file("said")).contains("does not answer"));
            } finally {
                shell("kill", "-CONT", daemon).ok();
            }
            dyntrace.awaitListed(program);
            assertEquals(new Counts(1000, 1000, 0), dyntrace.counts(program, "calls"));
        }
    }

    /** A day forth and back: nothing waits for the time of day. */
    @Test
    void theClockIsStepped() throws IOException {
        Path clock = Files.createTempFile("dyntrace-clock", "");
        Files.writeString(clock, "+0");
        Map<String, String> stepped = Map.of(
                "LD_PRELOAD",
                CLOCK_LIBRARY,
                "FAKETIME_TIMESTAMP_FILE",
                clock.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
        try (Installation dyntrace = Installation.start(stepped);
                Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":callee", "-n", "calls", "-e", "log", dyntrace.file("log"));
            for (int days : new int[] {1, -1, 0}) {
                Files.writeString(clock, (days < 0 ? "" : "+") + days + "d");
                String day = LocalDate.now().plusDays(days).toString();
                Waiting.until(30, () -> "the daemon's clock is set to " + day, () -> {
                    dyntrace.ok("add", program.pid() + ":guarded", "-n", "other", "count");
                    dyntrace.ok("rm", program.pid() + ":other");
                    return lastLine(dyntrace.rundir().resolve("log")).startsWith(day);
                });
                program.ask("calls 10", "done");
                dyntrace.ok("watch", program.pid(), "-c", "2", "-i", "0.2");
            }
            assertEquals(new Counts(30, 30, 0), dyntrace.counts(program, "calls"));
            assertFalse(Files.readString(dyntrace.rundir().resolve("log")).contains("WARNING"));
            dyntrace.ok("rm", program.pid() + ":calls");
            ProgramText.assertAsInFiles(program);
        } finally {
            Files.delete(clock);
        }
    }

    private static String lastLine(Path file) {
        return Waiting.text(file).lines().reduce("", (first, second) -> second);
    }

    private static Result ask(String rundir, Object... arguments) {
        return shell(
                Stream.concat(Stream.of(Installation.launcher("dyntrace"), "--rundir", rundir), Stream.of(arguments))
                        .toArray());
    }

    private static Result shell(Object... command) {
        return Shell.run(Stream.of(command).map(Object::toString).toArray(String[]::new));
    }
}
