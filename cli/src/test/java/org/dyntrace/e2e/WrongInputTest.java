package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each wrong input gets its message and its exit code, and leaves the target unharmed. */
class WrongInputTest {
    private static final Asker STRANGER = Asker.stranger();
    private static final Asker MEMBER = Asker.memberOf("dyntrace");

    private static final List<Program> PROGRAMS = new ArrayList<>();
    private static Installation dyntrace;
    private static Program program;
    private static Program twin;
    private static Program unattached;
    private static Program stopped;
    private static Program traced;
    private static Program tracer;
    /** A 32-bit program; not there where the kernel runs none. */
    private static Optional<Program> narrow;

    private static Program fixed;
    private static Program withoutLttng;
    private static Program hiddenDaemon;
    private static Path hiddenRundir;
    private static Program hiddenProgram;
    private static long zombie;
    private static Map<Program, Map<String, ByteBuffer>> code;

    @BeforeAll
    static void start() throws IOException {
        dyntrace = Installation.start();
        Path directory = dyntrace.rundir().getParent();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        program = kept(Program.ours("e2e_story"));
        dyntrace.attach(program);
        dyntrace.ok("add", program.pid() + ":guarded", "-n", "taken", "count");
        unattached = kept(Program.start("sleep", "1000"));
        twin = kept(Program.start("sleep", "1001"));
        stopped = kept(Program.ours("e2e_story"));
        stopped.signal("STOP");
        traced = kept(Program.ours("e2e_story"));
        tracer = kept(Program.start("strace", "-o", "/dev/null", "-p", traced.pid()));
        Waiting.until(20, () -> "strace holds it", () -> !status(traced.pid()).contains("TracerPid:\t0\n"));
        narrow = narrow();
        fixed = kept(Program.ours("e2e_story", "-static"));
        zombie = childOfNoInterest();
        LttngSession.startDaemon();
        withoutLttng = kept(programWithoutLttng());
        dyntrace.attach(withoutLttng);
        startHiddenDaemon();
        code = new HashMap<>();
        for (Program each : PROGRAMS) {
            code.put(each, ProgramText.of(each));
        }
    }

    @AfterAll
    static void end() {
        PROGRAMS.forEach(Program::close);
        PROGRAMS.clear();
        hiddenDaemon.close();
        dyntrace.close();
    }

    /**
     * A wrong request.
     *
     * @param what is wrong
     * @param request does it
     * @param exitCode of the command
     * @param says what the message holds
     */
    record Wrong(String what, Supplier<Result> request, int exitCode, String says) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Wrong> requests() {
        String pid = program.pid() + ":";
        return Stream.concat(
                narrow.stream().map(each -> wrong("32-bit", 1, "32-bit", "attach", each.pid())), others(pid));
    }

    private static Stream<Wrong> others(String pid) {
        return Stream.of(
                // Processes
                wrong("no such pid", 1, "4194305", "attach", 4_194_305),
                wrong("no such name", 1, "no-such-program", "attach", "no-such-program"),
                wrong("ambiguous name, the one", 1, "" + twin.pid(), "attach", "sleep"),
                wrong("ambiguous name, the other", 1, "" + unattached.pid(), "attach", "sleep"),
                wrong("kernel thread", 1, "kernel thread", "attach", 2),
                wrong("zombie", 1, "has ended", "attach", zombie),
                wrong("stopped", 1, "stopped", "attach", stopped.pid()),
                wrong("already traced", 1, "traced by process " + tracer.pid(), "attach", traced.pid()),
                wrong("static", 1, "static", "attach", fixed.pid()),
                wrong("the daemon itself", 1, "daemon", "attach", dyntrace.daemonPid()),
                wrong("not attached: list", 1, "has no agent", "list-symbols", unattached.pid()),
                wrong("not attached: add", 1, "has no agent", "add", unattached.pid() + ":malloc", "count"),
                wrong("not attached: tracepoints", 1, "has no agent", "list-tracepoints", unattached.pid()),
                // Places
                wrong("no such symbol", 1, "no_such_function", "add", pid + "no_such_function", "count"),
                wrong(
                        "no such symbol in a module",
                        1,
                        "no function callee in libc.so.6",
                        "add",
                        pid + "callee@libc.so.6",
                        "count"),
                wrong("no such module", 1, "No module is called", "add", pid + "callee@NO_SUCH_2.0", "count"),
                wrong("address of nothing", 1, "0x10 is not in the code", "add", pid + "0x10", "count"),
                wrong("address of data", 1, "is not in the code", "add", pid + data(program), "count"),
                wrong("address within an instruction", 1, "instruction", "add", pid + "recursion+0x1", "count"),
                wrong(
                        "-e not at an entry",
                        1,
                        "beginning of a function",
                        "add",
                        pid + "recursion+" + secondInstruction("recursion"),
                        "-e",
                        "count"),
                // Tracepoints and tracers
                wrong("name taken", 1, "taken", "add", pid + "callee", "-n", "taken", "count"),
                wrong("name unknown", 1, "no tracepoint 'unknown'", "rm", pid + "unknown"),
                wrong("unknown tracer", 1, "no-such-tracer", "add", pid + "callee", "no-such-tracer"),
                wrong("log file in no directory", 1, "/no/such/log", "add", pid + "callee", "log", "/no/such/log"),
                wrong("log file that is a directory", 1, "/dev", "add", pid + "callee", "log", "/dev"),
                by(
                        "log file of another user",
                        MEMBER,
                        1,
                        "can't be written by you",
                        "add",
                        pid + "callee",
                        "log",
                        "/etc/hostname"),
                by(
                        "log file in another's directory",
                        MEMBER,
                        1,
                        "can't be written by you",
                        "add",
                        pid + "callee",
                        "log",
                        "/root/log"),
                wrong("LTTng not installed", 1, "liblttng-ust1", "add", withoutLttng.pid() + ":callee", "lttng"),
                new Wrong(
                        "LTTng session daemon not running",
                        () -> Shell.run(
                                Installation.launcher("dyntrace"),
                                "--rundir",
                                hiddenRundir.toString(),
                                "add",
                                hiddenProgram.pid() + ":callee",
                                "lttng"),
                        1,
                        "lttng-sessiond --daemonize"),
                // Users and daemons
                by("not permitted to list", STRANGER, 4, "usermod -aG dyntrace", "list-processes"),
                by("not permitted to attach", STRANGER, 4, "usermod -aG dyntrace", "attach", unattached.pid()),
                by("not permitted to add", STRANGER, 4, "usermod -aG dyntrace", "add", pid + "callee", "count"),
                by("not permitted to remove", STRANGER, 4, "usermod -aG dyntrace", "rm", pid + "taken"),
                new Wrong(
                        "no daemon",
                        () -> Shell.run(
                                Installation.launcher("dyntrace"),
                                "--rundir",
                                dyntrace.file("nobody").toString(),
                                "list-processes"),
                        3,
                        "dyntraced --daemonize"),
                daemon("second daemon", "daemon", "--rundir", dyntrace.rundir()),
                daemon("second daemon, in the background", "daemon", "--daemonize", "--rundir", dyntrace.rundir()),
                daemon("rundir not writable", "/proc/dyntrace", "--rundir", "/proc/dyntrace"),
                daemon(
                        "rundir not writable, in the background",
                        "/proc/dyntrace",
                        "--daemonize",
                        "--rundir",
                        "/proc/dyntrace"),
                new Wrong(
                        "rundir of another user",
                        () -> STRANGER.run("dyntraced", "--rundir", dyntrace.file("theirs")),
                        1,
                        dyntrace.file("theirs").toString()),
                // Words
                wrong("no command", 2, "dyntrace --help"),
                wrong("unknown command", 2, "no command 'destroy'", "destroy"),
                wrong("nothing to attach to", 2, "attach --help", "attach"),
                wrong("no process before the location", 2, "<pid|name>:", "add", "callee", "count"),
                wrong("no tracer", 2, "add --help", "add", pid + "callee"),
                wrong("no tracepoint to remove", 2, "<pid|name>:<tracepoint>", "rm", program.pid()),
                wrong(
                        "arguments that the tracer does not take",
                        2,
                        "does not take",
                        "add",
                        pid + "callee",
                        "count",
                        "file"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void isRefused(Wrong wrong) {
        Result result = wrong.request().get();

        assertEquals(wrong.exitCode(), result.exitCode(), result::toString);
        assertEquals("", result.out());
        assertTrue(Pattern.compile("^dyntraced?: ").matcher(result.err()).find(), result::toString);
        assertTrue(result.err().contains(wrong.says()), result::toString);
        assertTrue(result.err().contains("\n  "), () -> "no hint: " + result);
        assertFalse(result.err().contains("\tat ") || result.err().contains("fault of dyntrace"), result::toString);
        assertUnharmed();
    }

    @Test
    void refusedProgramsRunOn() {
        for (Program refused : refused()) {
            dyntrace.run("attach", refused.pid());
        }
        stopped.signal("CONT");
        for (Program refused : refused()) {
            refused.ask("calls 5", "done");
        }
        stopped.signal("STOP");
        Waiting.until(20, () -> "stopped again", () -> status(stopped.pid()).contains("State:\tT"));
    }

    private static List<Program> refused() {
        return Stream.concat(Stream.of(stopped, traced, fixed), narrow.stream()).toList();
    }

    private static List<Program> unharmed() {
        return Stream.concat(Stream.of(program, withoutLttng, hiddenProgram, traced, fixed), narrow.stream())
                .toList();
    }

    private static void assertUnharmed() {
        assertEquals(List.of("taken"), List.copyOf(dyntrace.counts(program).keySet()));
        for (Program each : unharmed()) {
            each.ask("calls 5", "done");
        }
        for (Program each : PROGRAMS) {
            assertTrue(each.isAlive());
            assertEquals(code.get(each), ProgramText.of(each));
        }
        assertTrue(status(stopped.pid()).contains("State:\tT"), () -> status(stopped.pid()));
        assertTrue(status(traced.pid()).contains("TracerPid:\t" + tracer.pid() + "\n"), () -> status(traced.pid()));
    }

    private static Wrong wrong(String what, int exitCode, String says, Object... command) {
        return new Wrong(what, () -> dyntrace.run(command), exitCode, says);
    }

    private static Wrong by(String what, Asker asker, int exitCode, String says, Object... command) {
        List<Object> words = new ArrayList<>(List.of("--rundir", dyntrace.rundir()));
        words.addAll(List.of(command));
        return new Wrong(what, () -> asker.run("dyntrace", words.toArray()), exitCode, says);
    }

    private static Wrong daemon(String what, String says, Object... arguments) {
        List<String> words = new ArrayList<>(List.of(Installation.launcher("dyntraced")));
        Stream.of(arguments).map(Object::toString).forEach(words::add);
        return new Wrong(what, () -> Shell.run(words.toArray(String[]::new)), 1, says);
    }

    private static Optional<Program> narrow() {
        Program started = Program.start(Program.compile("e2e_story", "-m32"));
        // A shell takes what the kernel won't run for a script, and ends.
        Waiting.until(
                20,
                started::output,
                () -> !started.isAlive() || started.output().contains("ready"));
        return started.isAlive() ? Optional.of(kept(started)) : Optional.empty();
    }

    private static Program kept(Program started) {
        PROGRAMS.add(started);
        return started;
    }

    /** Ends a process whose parent does not ask for it. */
    private static long childOfNoInterest() {
        Program parent =
                kept(Program.start("sh", "-c", "exec 3<&0; (read -r line <&3) & echo child $!; exec sleep 1000 3<&-"));
        parent.await("\n");
        long child = Long.parseLong(parent.output().strip().replace("child ", ""));
        Waiting.until(
                20,
                () -> "the shell has become sleep",
                () -> status(parent.pid()).startsWith("Name:\tsleep\n"));
        parent.send("end");
        Waiting.until(20, () -> "a zombie", () -> status(child).contains("State:\tZ"));
        return child;
    }

    /** A program in a mount namespace where LTTng-UST was never installed. */
    private static Program programWithoutLttng() {
        String hide = "mount -t tmpfs none /mnt; mkdir /mnt/upper /mnt/work; for library in $(ldconfig -p"
                + " | sed -n 's,.*=> \\(.*/liblttng-ust[.]so[.]1\\)$,\\1,p'); do libraries=$(dirname \"$library\");"
                + " mount -t overlay none -o lowerdir=\"$libraries\",upperdir=/mnt/upper,workdir=/mnt/work \"$libraries\";"
                + " rm \"$libraries\"/liblttng-ust*; break; done; exec \"$@\"";
        Program hidden = Program.start("unshare", "-m", "sh", "-ec", hide, "sh", Program.compile("e2e_story"));
        hidden.await("ready");
        return hidden;
    }

    /** A daemon and a program in a mount namespace of their own, which hides the session daemon that others use. */
    private static void startHiddenDaemon() {
        hiddenRundir = dyntrace.file("hidden");
        hiddenDaemon = Program.start(
                "unshare",
                "-m",
                "sh",
                "-ec",
                "mkdir -p /run/lttng; mount -t tmpfs none /run/lttng; mount -t tmpfs none /dev/shm; HOME=/nowhere exec \"$@\"",
                "sh",
                Installation.launcher("dyntraced"),
                "--rundir",
                hiddenRundir);
        hiddenDaemon.await("is ready");
        hiddenProgram = kept(Program.start(
                "nsenter", "--target", hiddenDaemon.pid(), "--mount", "--root", Program.compile("e2e_story")));
        hiddenProgram.await("ready");
        Shell.run(
                        Installation.launcher("dyntrace"),
                        "--rundir",
                        hiddenRundir.toString(),
                        "attach",
                        "" + hiddenProgram.pid())
                .ok();
    }

    /** {@return an address in a program's data} */
    private static String data(Program program) {
        Matcher mapping =
                Pattern.compile("(?m)^(\\p{XDigit}+)-\\S+ rw-p .*/e2e_story$").matcher(mapsOf(program));
        assertTrue(mapping.find());
        return "0x" + mapping.group(1);
    }

    /** {@return how far a function's second instruction is from its first} */
    private static String secondInstruction(String function) {
        List<Long> instructions = Pattern.compile("(?m)^ +(\\p{XDigit}+):\t")
                .matcher(Shell.run(
                                "objdump",
                                "-d",
                                "--no-show-raw-insn",
                                "--disassemble=" + function,
                                Program.compile("e2e_story").toString())
                        .ok())
                .results()
                .map(line -> Long.parseLong(line.group(1), 16))
                .toList();
        return "0x" + Long.toHexString(instructions.get(1) - instructions.get(0));
    }

    private static String mapsOf(Program program) {
        return Waiting.text(Path.of("/proc/" + program.pid() + "/maps"));
    }

    private static String status(long pid) {
        return Waiting.text(Path.of("/proc/" + pid + "/status"));
    }
}
