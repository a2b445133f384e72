package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each wrong input gets its message and its exit code, and leaves the target unharmed. */
class WrongInputTest {
    private static Installation dyntrace;
    private static Program program;
    private static Program twin;
    private static Program stranger;
    private static Program stopped;
    private static Program traced;
    private static Program narrow;
    private static Program fixed;
    private static Program parent;
    private static long zombie;

    @BeforeAll
    static void start() {
        dyntrace = Installation.start();
        program = Program.ours("e2e_story");
        dyntrace.attach(program);
        dyntrace.ok("add", program.pid() + ":guarded", "-n", "taken", "count");
        stranger = Program.start("sleep", "1000");
        twin = Program.start("sleep", "1001");
        stopped = Program.ours("e2e_story");
        stopped.signal("STOP");
        traced = Program.ours("e2e_story");
        Program tracer = Program.start("strace", "-o", "/dev/null", "-p", traced.pid());
        tracers = tracer;
        Waiting.until(20, () -> "strace holds it", () -> !status(traced.pid()).contains("TracerPid:\t0\n"));
        narrow = Program.ours("e2e_story", "-m32");
        fixed = Program.ours("e2e_story", "-static");
        parent = Program.start("sh", "-c", "true & echo child $!; exec sleep 1000");
        parent.await("\n");
        zombie = Long.parseLong(parent.output().strip().replace("child ", ""));
        Waiting.until(20, () -> "a zombie", () -> status(zombie).contains("State:\tZ"));
    }

    private static Program tracers;

    @AfterAll
    static void end() {
        Stream.of(tracers, program, twin, stranger, stopped, traced, narrow, fixed, parent)
                .forEach(Program::close);
        dyntrace.close();
    }

    static Stream<Arguments> requests() {
        long pid = program.pid();
        return Stream.of(
                wrong(1, "4194305", "attach", 4_194_305),
                wrong(1, "no-such-program", "attach", "no-such-program"),
                wrong(1, "" + twin.pid(), "attach", "sleep"),
                wrong(1, "kernel thread", "attach", 2),
                wrong(1, "has ended", "attach", zombie),
                wrong(1, "stopped", "attach", stopped.pid()),
                wrong(1, "traced by process " + tracers.pid(), "attach", traced.pid()),
                wrong(1, "32-bit", "attach", narrow.pid()),
                wrong(1, "static", "attach", fixed.pid()),
                wrong(1, "daemon", "attach", dyntrace.daemonPid()),
                wrong(2, "attach --help", "attach"),
                wrong(2, "no command 'destroy'", "destroy"),
                wrong(1, "has no agent", "list-symbols", stranger.pid()),
                wrong(1, "has no agent", "add", stranger.pid() + ":malloc", "count"),
                wrong(1, "no_such_function", "add", pid + ":no_such_function", "count"),
                wrong(1, "no function callee in libc.so.6", "add", pid + ":callee@libc.so.6", "count"),
                wrong(1, "0x10", "add", pid + ":0x10", "count"),
                wrong(1, "instruction", "add", pid + ":recursion+0x1", "count"),
                wrong(1, "taken", "add", pid + ":callee", "-n", "taken", "count"),
                wrong(2, "<pid|name>:", "add", "callee", "count"),
                wrong(1, "no-such-tracer", "add", pid + ":callee", "no-such-tracer"),
                wrong(2, "does not take", "add", pid + ":callee", "count", "file"),
                wrong(1, "/no/such/directory/log", "add", pid + ":callee", "log", "/no/such/directory/log"),
                wrong(1, "/dev", "add", pid + ":callee", "log", "/dev"),
                wrong(1, "no tracepoint 'unknown'", "rm", pid + ":unknown"),
                wrong(2, "", "rm", pid));
    }

    private static Arguments wrong(int exitCode, String says, Object... command) {
        return Arguments.of(List.of(command), exitCode, says);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void isRefused(List<Object> command, int exitCode, String says) {
        Result result = dyntrace.run(command.toArray());

        assertEquals(exitCode, result.exitCode(), result::toString);
        assertEquals("", result.out());
        assertTrue(result.err().startsWith("dyntrace: "), result::toString);
        assertTrue(result.err().contains(says), result::toString);
        assertTrue(result.err().contains("\n  "), () -> "no hint: " + result);
        assertTrue(!result.err().contains("\tat ") && !result.err().contains("fault of dyntrace"), result::toString);
        program.ask("calls 5", "done");
        for (Program unharmed : List.of(twin, stranger, stopped, traced, narrow, fixed, parent)) {
            assertTrue(unharmed.isAlive());
        }
    }

    @Test
    void refusedProgramsRunOn() {
        for (Program refused : List.of(stopped, traced, narrow, fixed)) {
            dyntrace.run("attach", refused.pid());
        }
        stopped.signal("CONT");
        for (Program refused : List.of(stopped, traced, narrow, fixed)) {
            refused.ask("calls 5", "done");
        }
        stopped.signal("STOP");
    }

    @Test
    void noDaemon() {
        Result result = Shell.run(
                Installation.launcher("dyntrace"),
                "--rundir",
                dyntrace.file("nobody").toString(),
                "list-processes");
        assertEquals(3, result.exitCode(), result::toString);
        assertTrue(result.err().contains("dyntraced --daemonize"), result::toString);
    }

    @Test
    void runDirectoryNotWritable() {
        Result result = Shell.run(Installation.launcher("dyntraced"), "--rundir", "/proc/dyntrace");
        assertEquals(1, result.exitCode(), result::toString);
        assertTrue(result.err().contains("/proc/dyntrace"), result::toString);
    }

    @Test
    void notPermitted() throws IOException {
        Path directory = dyntrace.rundir().getParent();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Result result = Shell.run(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "sh",
                "-c",
                "exec \"$@\"",
                "sh",
                Installation.launcher("dyntrace"),
                "--rundir",
                dyntrace.rundir().toString(),
                "list-processes");
        assertEquals(4, result.exitCode(), result::toString);
        assertTrue(result.err().contains("usermod -aG dyntrace"), result::toString);
    }

    @Test
    void noSessionDaemonOfLttng() {
        // A mount namespace of its own hides the session daemon that others may use.
        Path rundir = dyntrace.file("hidden");
        try (Program daemon = Program.start(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mkdir -p /run/lttng && mount -t tmpfs none /run/lttng && HOME=/nowhere exec \"$@\"",
                "sh",
                Installation.launcher("dyntraced"),
                "--rundir",
                rundir)) {
            daemon.await("is ready");
            String[] command = {Installation.launcher("dyntrace"), "--rundir", rundir.toString(), "add", "", "lttng"};
            try (Program target = Program.ours("e2e_story")) {
                Shell.run(command[0], command[1], command[2], "attach", "" + target.pid())
                        .ok();
                command[4] = target.pid() + ":callee";
                Result result = Shell.run(command);
                assertEquals(1, result.exitCode(), result::toString);
                assertTrue(result.err().contains("lttng-sessiond --daemonize"), result::toString);
                target.ask("calls 5", "done");
            }
        }
    }

    private static String status(long pid) {
        return Waiting.text(Path.of("/proc/" + pid + "/status"));
    }
}
