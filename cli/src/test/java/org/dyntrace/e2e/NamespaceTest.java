package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native programs in namespaces of their own. */
class NamespaceTest {
    private static final Pattern INFO =
            Pattern.compile("tracepoint_info: .*(address = 0x\\p{XDigit}+), name = \"([^\"]+)\"");

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
     * Starts a copy of e2e_story in these namespaces.
     *
     * @param hide whether neither the installation nor the run directory nor LTTng's sockets are to be seen there
     */
    private static Program story(String namespaces, boolean hide) {
        List<Object> command = new ArrayList<>(List.of("unshare"));
        command.addAll(List.of(namespaces.split(" ")));
        String script = "mount -t tmpfs none /mnt; cp \"$1\" /mnt/story;"
                + (hide ? "mount -t tmpfs none \"$2\"; mount -t tmpfs none /tmp; mount -t tmpfs none /run;" : "")
                + " exec /mnt/story";
        command.addAll(List.of("sh", "-ec", script, "sh", Program.compile("e2e_story"), Installation.home()));
        Program program = Program.start(command.toArray());
        program.await("ready");
        return program;
    }

    /** With a pid namespace, unshare waits for the program. */
    private static long pid(Program program) {
        return ProcessHandle.of(program.pid())
                .orElseThrow()
                .descendants()
                .findFirst()
                .map(ProcessHandle::pid)
                .orElse(program.pid());
    }

    private static void place(long pid, Path log) {
        dyntrace.ok("add", pid + ":callee", "-n", "point", "count");
        dyntrace.ok("add", pid + ":callee", "-n", "pair", "-e", "count");
        dyntrace.ok("add", pid + ":callee", "-n", "lines", "-e", "log", log);
    }

    private static void assertRemoved(long pid) {
        dyntrace.counts(pid).keySet().forEach(name -> dyntrace.ok("rm", pid + ":" + name));
        assertTrue(dyntrace.ok("verify", pid).contains("no byte differs"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-m", "-m -p -f --mount-proc", "-U -r -m -p -f --mount-proc"})
    void aProgramThatSeesNothingOfOurs(String namespaces) {
        try (Program program = story(namespaces, true)) {
            long pid = pid(program);
            Path log = dyntrace.file("log" + pid);
            dyntrace.ok("attach", pid);
            place(pid, log);
            program.ask("calls 100", "done");
            assertEquals(new Counts(100, 0, 0), dyntrace.counts(pid).get("point"));
            assertEquals(new Counts(100, 100, 0), dyntrace.counts(pid).get("pair"));
            assertEquals(100, LogLines.of(log).count("entry", "lines"));
            assertEquals(100, LogLines.of(log).count("exit", "lines"));
            Result lttng = dyntrace.run("add", pid + ":callee", "lttng");
            assertEquals(1, lttng.exitCode());
            assertTrue(lttng.err().contains("does not see dyntrace's installation"), lttng.err());

            // Its agent knows a place where nobody listens any more.
            dyntrace.killDaemon();
            dyntrace.startDaemon();
            program.ask("calls 10", "done");
            dyntrace.ok("attach", pid);
            assertEquals(new Counts(110, 110, 0), dyntrace.counts(pid).get("pair"));
            assertRemoved(pid);
            assertEquals(
                    "",
                    Shell.run("sh", "-c", "ls -A /proc/" + pid + "/root/tmp").ok());
            program.ask("calls 10", "done");
        }
    }

    /** What LTTng-UST needs is seen in there, but the user is another one, or the pids are others. */
    @ParameterizedTest
    @ValueSource(strings = {"-m -p -f --mount-proc", "-U -r -m -p -f --mount-proc"})
    void aProgramThatSeesTheSessionDaemon(String namespaces) {
        try (LttngSession session = LttngSession.start(dyntrace.file("trace" + namespaces.length()));
                Program program = story(namespaces, false)) {
            long pid = pid(program);
            dyntrace.ok("attach", pid);
            String point = "point-of-" + pid;
            dyntrace.ok("add", pid + ":callee", "-n", point, "lttng");
            dyntrace.ok("add", pid + ":callee", "-n", "pair", "-e", "lttng");
            program.ask("calls 100", "done");
            assertEquals(new Counts(100, 100, 0), dyntrace.counts(pid).get("pair"));
            assertRemoved(pid);
            List<String> events = session.events();
            // Others may be recorded as well, and the pid in there is another one: the place tells which are ours.
            Matcher info = events.stream()
                    .map(INFO::matcher)
                    .filter(line -> line.find() && line.group(2).equals(point))
                    .findFirst()
                    .orElseThrow();
            for (String event : List.of("tracepoint_hit", "function_entry", "function_exit")) {
                assertEquals(
                        100,
                        events.stream()
                                .filter(line ->
                                        line.contains("dyntrace_lttng:" + event + ":") && line.contains(info.group(1)))
                                .count(),
                        event);
            }
        }
    }

    @Test
    void aProgramThatDoesNotSeeTheSessionDaemon() {
        LttngSession.startDaemon();
        try (Program program = Program.start(
                "unshare",
                "-m",
                "sh",
                "-ec",
                "mount -t tmpfs none /run; exec \"$1\"",
                "sh",
                Program.compile("e2e_story"))) {
            program.await("ready");
            dyntrace.attach(program);
            Result lttng = dyntrace.run("add", program.pid() + ":callee", "lttng");
            assertEquals(1, lttng.exitCode());
            assertTrue(lttng.err().contains("sees no LTTng session daemon"), lttng.err());
            assertRemoved(program.pid());
        }
    }
}
