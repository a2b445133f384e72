package org.dyntrace.jmc.tab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tab on a display of its own, with a real daemon that traces a real program. */
class TabTest {
    private static final int SECONDS = 120;

    private final List<Process> started = new ArrayList<>();

    @TempDir
    private Path directory;

    private Path rundir;
    private Process daemon;
    private String display;

    @BeforeEach
    void start() throws IOException {
        rundir = directory.resolve("run");
        daemon = start("daemon", List.of(home().resolve("bin/dyntraced").toString(), "--rundir", rundir.toString()));
        start("Xvfb", List.of("Xvfb", "-displayfd", "1", "-screen", "0", "1500x900x24"));
        await("daemon", "is ready");
        await("Xvfb", "\n");
        display = said("Xvfb")
                .lines()
                .filter(line -> line.matches("[0-9]+"))
                .findFirst()
                .orElseThrow();
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Process each : started) {
            each.destroy();
            if (!each.waitFor(30, TimeUnit.SECONDS)) {
                each.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void buttonsDoWhatTheySay() throws Exception {
        String said = drive("buttons");
        assertTrue(said.contains("driver: detached"), said);
    }

    @Test
    void saysOnAnotherJvmHowToComeToADaemon() throws Exception {
        drive("stranger");
    }

    @Test
    void outlivesItsDaemon() throws Exception {
        drive("dies");
    }

    @Test
    void opensOnAProcess() throws Exception {
        drive("window");
    }

    @Test
    void staysQuickWithManyProcessesAndFunctions() throws Exception {
        drive("crowd");
    }

    private String drive(String what) throws IOException, InterruptedException {
        Path pictures = Files.createDirectories(Path.of("target/pictures")).toAbsolutePath();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Dswt.library.path=" + directory,
                // What Equinox would say.
                "-Dosgi.os=linux",
                "-Dosgi.ws=gtk",
                "-Dosgi.arch=x86_64",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TabDriver.class.getName(),
                what,
                rundir.toString(),
                pictures.toString(),
                program().toString(),
                Long.toString(daemon.pid())));
        Process driver = start(what, command);
        assertTrue(driver.waitFor(SECONDS, TimeUnit.SECONDS), () -> said(what));
        assertEquals(0, driver.exitValue(), () -> said(what));
        assertTrue(said(what).contains("driver: all done"), () -> said(what));
        return said(what);
    }

    private Path program() throws IOException, InterruptedException {
        Path binary = directory.resolve("e2e_story");
        String source =
                Path.of("../natives/src/test/c/e2e_story.c").toAbsolutePath().toString();
        Process gcc = start("gcc", List.of("gcc", "-O1", "-g", "-pthread", "-o", binary.toString(), source));
        assertEquals(0, gcc.waitFor(), () -> said("gcc"));
        return binary;
    }

    private Process start(String name, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".txt").toFile());
        if (display != null) {
            builder.environment().put("DISPLAY", ":" + display);
        }
        // No accessibility bus, no settings daemon: there is no desktop.
        builder.environment().put("NO_AT_BRIDGE", "1");
        builder.environment().put("GDK_BACKEND", "x11");
        Process process = builder.start();
        started.add(0, process);
        return process;
    }

    private void await(String name, String text) {
        Awaitility.await(name)
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> said(name).contains(text));
    }

    private String said(String name) {
        try {
            return Files.readString(directory.resolve(name + ".txt"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static Path home() {
        String given = System.getProperty("dyntrace.home");
        Path home = given == null ? Path.of("../target/dyntrace") : Path.of(given);
        assertTrue(Files.exists(home.resolve("bin/dyntraced")), "no installation: run scripts/build first");
        return home.toAbsolutePath().normalize();
    }
}
