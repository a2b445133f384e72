package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A program that root's session daemon does not serve, but one of its own user; that one is killed, and another one comes. */
class UserSessionDaemonTest {
    private static final String NOBODY = "65534";

    private Path home;

    @Test
    void recordsUntilItIsKilledAndAgainWithTheNextOne() throws IOException {
        home = Files.createTempDirectory("dyntrace-nobody");
        Path story =
                Files.copy(Program.compile("e2e_story"), home.resolve("story"), StandardCopyOption.COPY_ATTRIBUTES);
        Shell.run("chown", "-R", NOBODY, home.toString()).ok();
        assumeTrue(
                asNobody("test", "-r", Installation.agent().toString()).exitCode() == 0,
                "nobody can't read the installation");
        try (Installation dyntrace = Installation.start();
                Program program = Program.start(
                        "unshare",
                        "-m",
                        "sh",
                        "-ec",
                        "mount -t tmpfs none /run; exec \"$@\"",
                        "sh",
                        "setpriv",
                        "--reuid=" + NOBODY,
                        "--regid=" + NOBODY,
                        "--clear-groups",
                        "env",
                        "HOME=" + home,
                        story)) {
            program.await("ready");
            dyntrace.attach(program);
            Result none = dyntrace.run("add", program.pid() + ":callee", "lttng");
            assertTrue(none.err().contains("sees no LTTng session daemon"), none::toString);

            startSession("first");
            dyntrace.ok("add", program.pid() + ":callee", "-n", "pairs", "-e", "lttng");
            program.ask("calls 50", "done");
            asNobody("lttng", "stop").ok();
            assertRecorded("first", 50);

            killDaemon();
            assertEquals("done 0\n", program.ask("calls 30", "done"));
            assertEquals(80, dyntrace.counts(program, "pairs").hits());
            Result gone = dyntrace.run("add", program.pid() + ":guarded", "lttng");
            assertEquals(1, gone.exitCode(), gone::toString);
            assertTrue(gone.err().contains("sees no LTTng session daemon"), gone::toString);
            dyntrace.ok("add", program.pid() + ":guarded", "-n", "counted", "count");

            startSession("second");
            Waiting.until(
                    60,
                    () -> "the program is registered again",
                    () -> asNobody("lttng", "list", "--userspace").out().contains("PID: " + program.pid()));
            program.ask("calls 20", "done");
            asNobody("lttng", "stop").ok();
            assertRecorded("second", 20);
            assertEquals(100, dyntrace.counts(program, "pairs").hits());
            dyntrace.ok("rm", program.pid() + ":pairs");
            dyntrace.ok("rm", program.pid() + ":counted");
            assertTrue(dyntrace.ok("verify", program.pid()).contains("no byte differs"));
        } finally {
            killDaemon();
            Installation.delete(home);
        }
    }

    private void startSession(String name) {
        asNobody("lttng-sessiond", "--daemonize").ok();
        asNobody("lttng", "create", name, "--output", home.resolve(name).toString())
                .ok();
        asNobody("lttng", "enable-event", "-u", "dyntrace_lttng:*").ok();
        asNobody("lttng", "start").ok();
    }

    private void assertRecorded(String name, long calls) {
        String events = Shell.run("babeltrace2", home.resolve(name).toString()).ok();
        for (String event : List.of("function_entry", "function_exit")) {
            assertEquals(
                    calls,
                    events.lines()
                            .filter(line -> line.contains("dyntrace_lttng:" + event + ":"))
                            .count(),
                    () -> event + " in\n" + events);
        }
    }

    private void killDaemon() {
        Shell.run("pkill", "-KILL", "-u", NOBODY, "lttng-");
        Waiting.until(
                20,
                () -> "they end",
                () -> Shell.run("pgrep", "-u", NOBODY, "lttng-").exitCode() == 1);
    }

    private Result asNobody(String... command) {
        List<String> words = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                "env",
                "-u",
                "LTTNG_HOME",
                "HOME=" + home));
        words.addAll(List.of(command));
        return Shell.run(words.toArray(String[]::new));
    }
}
