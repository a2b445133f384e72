package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JConsole itself, on a display of its own, connected through the Unix socket. */
class JconsoleTest {
    private static final Map<String, String> NO_DISPLAY = Map.of("DISPLAY", "");

    @TempDir
    private Path directory;

    @Test
    void showsProcessesAndPlacesTracepoints() throws Exception {
        Path pictures = Files.createDirectories(Path.of("target/jconsole").toAbsolutePath());
        Path driver = driver();
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story");
                Program display = Program.start("Xvfb", "-displayfd", "1", "-screen", "0", "1600x1000x24")) {
            dyntrace.attach(program);
            Waiting.until(30, display::output, () -> display.output().matches("(?s)(.*\n)?[0-9]+\n.*"));
            String number = display.output()
                    .lines()
                    .filter(line -> line.matches("[0-9]+"))
                    .findFirst()
                    .orElseThrow();
            Result result = Shell.run(
                    Map.of(
                            "DISPLAY",
                            ":" + number,
                            "JAVA_TOOL_OPTIONS",
                            "-javaagent:" + driver + "=" + program.pid() + "," + pictures),
                    Installation.launcher("dyntrace"),
                    "--rundir",
                    dyntrace.rundir().toString(),
                    "jconsole");
            String said = result.ok();
            for (String line : List.of(
                    "driver: process described A process",
                    "driver: fields 4, enabled true",
                    "driver: tracepoint described A tracepoint",
                    "driver: attribute Hits",
                    "driver: all done")) {
                assertTrue(said.contains(line), () -> "no '" + line + "' in\n" + result);
            }
            program.ask("calls 7", "done");
            assertEquals(new Counts(7, 0, 0), dyntrace.counts(program, "clicked"));
        }
    }

    @Test
    void saysWhatIsMissing() {
        try (Installation dyntrace = Installation.start()) {
            String rundir = dyntrace.rundir().toString();
            Result blind = Shell.run(NO_DISPLAY, Installation.launcher("dyntrace"), "--rundir", rundir, "jconsole");
            assertEquals(1, blind.exitCode());
            assertTrue(blind.err().contains("DISPLAY is not set"), blind::toString);
            assertEquals("service:jmx:dyntrace://" + rundir, dyntrace.ok("jconsole", "--print"));
            dyntrace.stopDaemon();
            Result alone = Shell.run(NO_DISPLAY, Installation.launcher("dyntrace"), "--rundir", rundir, "jconsole");
            assertEquals(3, alone.exitCode(), alone::toString);
        }
    }

    /** A jar of the driver's classes alone. */
    private Path driver() throws IOException {
        Path jar = directory.resolve("driver.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", JconsoleDriver.class.getName());
        String entry = JconsoleDriver.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out, manifest);
                InputStream classes = JconsoleDriver.class.getClassLoader().getResourceAsStream(entry)) {
            zip.putNextEntry(new ZipEntry(entry));
            classes.transferTo(zip);
        }
        return jar;
    }
}
