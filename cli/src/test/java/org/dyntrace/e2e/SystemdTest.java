package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as scripts/install leaves it to systemd, with all that its unit takes away. */
class SystemdTest {
    @TempDir
    private Path directory;

    @Test
    void theUnitServes() throws IOException {
        Path story = Program.compile("e2e_story");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path classes = Jvm.compile("Story", directory);
        try (SystemdMachine machine = SystemdMachine.boot()) {
            machine.run("sh", "-c", "cd /opt/dyntrace && scripts/install").ok();
            machine.run("systemctl", "start", "dyntraced").ok();
            machine.run("lttng-sessiond", "--daemonize").ok();
            machine.run("useradd", "-m", "-G", "dyntrace", "member").ok();
            machine.run("useradd", "stranger").ok();
            try (Program program = machine.start(story);
                    Program java =
                            machine.start("su", "member", "-c", Jvm.own("java") + " -cp " + classes + " Story")) {
                program.await("ready");
                java.await("ready");
                String library = machine.pid("root", story.getFileName().toString());
                String jvm = machine.pid("member", "java");
                for (String place : List.of(library + ":callee", jvm + ":Story.work(int)")) {
                    machine.run("dyntrace", "attach", place.replaceAll(":.*", ""))
                            .ok();
                    machine.run("dyntrace", "add", place, "-n", "counted", "-e", "count")
                            .ok();
                    machine.run("dyntrace", "add", place, "-n", "recorded", "lttng")
                            .ok();
                }
                asked(machine, library, jvm);
                recorded(machine, program, java, jvm);
                killed(machine, program, library);
                for (String pid : List.of(library, jvm)) {
                    machine.run("dyntrace", "detach", pid).ok();
                }
                String verified = machine.run("dyntrace", "verify", library).ok();
                assertTrue(verified.contains("no byte differs"), verified);
                machine.run("systemctl", "stop", "dyntraced").ok();
                assertEquals(
                        "inactive",
                        machine.run("systemctl", "is-active", "dyntraced").out().strip());
                program.ask("calls 10", "done");
                java.ask("work 3", "thrown 0");
            }
        }
    }

    private static void asked(SystemdMachine machine, String library, String jvm) {
        Result done = machine.run(
                "su", "member", "-c", "dyntrace add '" + jvm + ":Story.work(int)' -n logged log /home/member/log");
        done.ok();
        Result forbidden = machine.run("su", "member", "-c", "dyntrace add " + library + ":recursion log /root/log");
        assertEquals(1, forbidden.exitCode());
        assertTrue(forbidden.err().contains("can't be written by you"), forbidden::err);
        assertEquals(
                4,
                machine.run("su", "stranger", "-c", "dyntrace list-processes").exitCode());
    }

    private static void recorded(SystemdMachine machine, Program program, Program java, String jvm) {
        machine.run("dyntrace", "record", "start", "-n", "both", "-o", "/root/both", jvm)
                .ok();
        program.ask("calls 10", "done");
        java.ask("work 3", "thrown 0");
        machine.run("dyntrace", "record", "stop", "both").ok();
        String timeline = machine.run("dyntrace", "timeline", "/root/both").ok();
        assertEquals(
                10,
                timeline.lines()
                        .filter(line -> line.contains("callee") && !line.contains("tracepoint_info"))
                        .count(),
                timeline);
        assertEquals("3", machine.run("sh", "-c", "wc -l < /home/member/log").ok());
    }

    /** systemd starts it again. */
    private static void killed(SystemdMachine machine, Program program, String library) {
        String before =
                machine.run("systemctl", "show", "-P", "MainPID", "dyntraced").ok();
        machine.run("systemctl", "kill", "-s", "KILL", "dyntraced").ok();
        Waiting.until(
                60,
                () -> machine.run("systemctl", "status", "dyntraced").out(),
                () -> machine.run("dyntrace", "list-processes").out().lines().count() == 3);
        assertNotEquals(
                before,
                machine.run("systemctl", "show", "-P", "MainPID", "dyntraced").ok());
        program.ask("calls 10", "done");
        String counted = machine.run("dyntrace", "list-tracepoints", library).ok();
        assertTrue(counted.matches("(?s).*counted +callee +count -e +20 .*|(?s).*counted.* 20\\b.*"), counted);
    }
}
