package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scripts/install puts where. */
class InstallTest {
    @TempDir
    private Path directory;

    private Path installed() {
        Shell.run(
                        Map.of("DESTDIR", directory.toString()),
                        Installation.sources().resolve("scripts/install").toString(),
                        "/opt/dyntrace")
                .ok();
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
}
