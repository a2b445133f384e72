package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scripts/install puts where, and whether the daemon can do its work with no more than the systemd unit leaves it. */
class InstallTest {
    @TempDir
    private Path directory;

    private Path installed() {
        Path sources = Path.of(Program.testSource("c/e2e_story.c"));
        while (!Files.exists(sources.resolve("scripts/install"))) {
            sources = sources.getParent();
        }
        Result result = Shell.run(
                Map.of("DESTDIR", directory.toString()),
                sources.resolve("scripts/install").toString(),
                "/opt/dyntrace");
        result.ok();
        return directory.resolve("usr/lib/systemd/system/dyntraced.service");
    }

    @Test
    void everythingIsInItsPlace() throws IOException {
        Path unit = installed();
        for (String file : List.of(
                "opt/dyntrace/bin/dyntrace",
                "opt/dyntrace/bin/dyntraced",
                "opt/dyntrace/lib/dyntrace/libdyntrace-agent.so",
                "opt/dyntrace/lib/dyntrace/java/cli.jar",
                "usr/lib/sysusers.d/dyntrace.conf",
                "usr/lib/tmpfiles.d/dyntrace.conf",
                "etc/dyntrace/dyntraced.properties")) {
            assertTrue(Files.exists(directory.resolve(file)), file);
        }
        assertTrue(Waiting.text(unit).contains("ExecStart=/opt/dyntrace/bin/dyntraced\n"));
        assertTrue(Shell.run(directory.resolve("opt/dyntrace/bin/dyntrace").toString(), "--version")
                .ok()
                .startsWith("dyntrace "));
        // The settings that are shown are known.
        Path all = Files.writeString(
                directory.resolve("all"),
                Waiting.text(directory.resolve("etc/dyntrace/dyntraced.properties"))
                        .replaceAll("(?m)^# (?=[a-z.]+ = )(?!remote)", ""));
        assertEquals(
                11,
                Waiting.text(all)
                        .lines()
                        .filter(line -> line.matches("[a-z.]+ = .*"))
                        .count());
        Result started = Shell.run(
                directory.resolve("opt/dyntrace/bin/dyntraced").toString(),
                "--rundir",
                "/proc/nowhere",
                "--config",
                all.toString());
        assertTrue(started.err().contains("/proc/nowhere can't be used"), started::toString);
    }

    @Test
    void systemdUnderstandsTheUnit() throws IOException {
        Path unit = directory.resolve("dyntraced.service");
        Files.writeString(
                unit,
                Waiting.text(installed()).replace("/opt/dyntrace/bin/dyntraced", Installation.launcher("dyntraced")));
        Result verified = Shell.run("systemd-analyze", "verify", unit.toString());
        assertEquals("", verified.ok() + verified.err());
        String exposure = Shell.run("systemd-analyze", "security", "--offline=true", unit.toString())
                .ok()
                .lines()
                .filter(line -> line.contains("Overall exposure level"))
                .findFirst()
                .orElseThrow();
        assertTrue(exposure.matches(".*: [0-3]\\.\\d OK.*"), exposure);
    }

    /** systemd does not run where tests do: the powers and the directories that it would take away are taken away by hand. */
    @Test
    void whatTheUnitLeavesIsEnough() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root has something to give up");
        String powers = Waiting.text(installed())
                .lines()
                .filter(line -> line.startsWith("CapabilityBoundingSet="))
                .flatMap(line -> Stream.of(line.substring(line.indexOf('=') + 1).split(" ")))
                .map(power -> "+" + power.substring("CAP_".length()).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
        Installation dyntrace = Installation.prepare();
        Path open = dyntrace.rundir().getParent();
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path story = Files.copy(Program.compile("e2e_story"), dyntrace.file("e2e_story"));
        Files.setPosixFilePermissions(story, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path classes = Jvm.compile("Story", Files.createDirectory(dyntrace.file("classes")));
        Path logs = Files.createDirectory(dyntrace.file("logs"));
        Shell.run("chown", "nobody", logs.toString()).ok();
        Asker nobody = Asker.stranger();
        try (dyntrace;
                Program program = Program.start(nobody.words(story));
                Program java = Program.start(nobody.words(Jvm.own("java"), "-cp", classes, "Story"))) {
            program.await("ready");
            java.await("ready");
            dyntrace.startDaemonBy(
                    "unshare",
                    "-m",
                    "sh",
                    "-ec",
                    "for d in /usr /etc; do mount --bind $d $d; mount -o remount,bind,ro $d; done; exec \"$@\"",
                    "sh",
                    "setpriv",
                    "--bounding-set=-all," + powers,
                    "--no-new-privs");
            String status = Waiting.text(Path.of("/proc/" + dyntrace.daemonPid() + "/status"));
            assertTrue(status.contains("NoNewPrivs:\t1"), status);
            dyntrace.attach(program);
            dyntrace.attach(java);
            Asker member = Asker.memberOf("dyntrace");
            for (Program each : List.of(program, java)) {
                String place = each == java ? "Story.work(int)" : "callee";
                member.run(
                                "dyntrace",
                                "--rundir",
                                dyntrace.rundir(),
                                "add",
                                each.pid() + ":" + place,
                                "-e",
                                "log",
                                logs.resolve(place))
                        .ok();
                each.ask(each == java ? "work 3" : "calls 3", each == java ? "thrown 0" : "done");
                assertEquals(6, Waiting.text(logs.resolve(place)).lines().count());
                dyntrace.ok("verify", each.pid());
            }
            assertEquals("nobody", Files.getOwner(logs.resolve("callee")).getName());
            LttngSession.startDaemon();
            dyntrace.ok("add", program.pid() + ":guarded", "lttng");
            for (Program each : List.of(program, java)) {
                dyntrace.ok("detach", each.pid());
            }
            ProgramText.assertAsInFiles(program);
        }
    }
}
