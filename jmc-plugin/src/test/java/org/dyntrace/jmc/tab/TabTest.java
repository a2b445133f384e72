package org.dyntrace.jmc.tab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tab on a display of its own, over JMC's own connection, with a real daemon that traces real programs. After each click the MBean server is asked, by
 * another connection, and the program itself, whether what was to be done was done. In each scenario it is seen that no MBean is called on the thread of
 * the user interface.
 *
 * <table>
 * <caption>Everything that can be clicked on or filled in, and who does it</caption>
 * <tr><td>Processes: filter, choose, Attach, Detach (Yes, No), Refresh, two clicks</td><td>NativeScenario</td></tr>
 * <tr><td>Functions: search, choose, scroll, Add…, two clicks</td><td>NativeScenario, CrowdScenario, JvmScenario</td></tr>
 * <tr><td>Tracepoints: choose one and all, Add…, Enable, Disable, Remove, the chart</td><td>NativeScenario, JvmScenario</td></tr>
 * <tr><td>Wizard, where: Location, Entry and exit, Next, Finish, Cancel</td><td>NativeScenario, JvmScenario</td></tr>
 * <tr><td>Wizard, what: Tracer (each), Log file, Name, JFR event, Back, Finish</td><td>NativeScenario, JvmScenario</td></tr>
 * <tr><td>Recordings: Start…, Stop, Snapshot… (OK, Cancel)</td><td>JvmScenario</td></tr>
 * <tr><td>Recording: Name, Directory, JFR settings, Limit, JVMs, Finish, Cancel</td><td>JvmScenario, WindowScenario</td></tr>
 * <tr><td>Cancel, at the bottom</td><td>CancelScenario</td></tr>
 * <tr><td>OK of an error</td><td>NativeScenario, DeadDaemonScenario</td></tr>
 * <tr><td>Trace with dyntrace…</td><td>WindowScenario</td></tr>
 * </table>
 */
class TabTest {
    private static final int SECONDS = 120;

    /** In whose console there is no daemon. */
    private static final Set<Class<? extends Scenario>> STRANGERS =
            Set.of(StrangerScenario.class, WindowScenario.class);

    private final List<Process> started = new ArrayList<>();

    @TempDir
    private Path directory;

    private Path rundir;
    private String display;

    @BeforeEach
    void start() throws IOException {
        rundir = directory.resolve("run");
        start("Xvfb", List.of("Xvfb", "-displayfd", "1", "-screen", "0", "1500x900x24"));
        // Other lines come before when another program has a display, too.
        display = Awaitility.await("Xvfb")
                .atMost(30, TimeUnit.SECONDS)
                .until(
                        () -> said("Xvfb")
                                .lines()
                                .filter(line -> line.matches("[0-9]+"))
                                .findFirst(),
                        Optional::isPresent)
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
        drive(NativeScenario.class);
    }

    @Test
    void saysOnAnotherJvmHowToComeToADaemon() throws Exception {
        drive(StrangerScenario.class);
    }

    @Test
    void outlivesItsDaemon() throws Exception {
        drive(DeadDaemonScenario.class);
    }

    @Test
    void opensOnAProcess() throws Exception {
        drive(WindowScenario.class);
    }

    @Test
    void tracesAJvmWithEveryTracerAndRecordsIt() throws Exception {
        drive(JvmScenario.class);
    }

    @Test
    void cancelledIsUndone() throws Exception {
        drive(CancelScenario.class);
    }

    @Test
    void staysQuickWithManyProcessesAndFunctions() throws Exception {
        drive(CrowdScenario.class);
    }

    private void drive(Class<? extends Scenario> scenario) throws IOException, InterruptedException {
        String name = scenario.getSimpleName();
        Path pictures = Files.createDirectories(Path.of("target/pictures")).toAbsolutePath();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Dswt.library.path=" + directory,
                // What Equinox would say.
                "-Dosgi.os=linux",
                "-Dosgi.ws=gtk",
                "-Dosgi.arch=x86_64",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TabDriver.class.getName(),
                scenario.getName(),
                home().toString(),
                rundir.toString(),
                directory.toString(),
                pictures.toString(),
                STRANGERS.contains(scenario) ? "own" : "daemon");
        Process driver = start(name, command);
        assertTrue(driver.waitFor(SECONDS, TimeUnit.SECONDS), () -> said(name));
        assertEquals(0, driver.exitValue(), () -> said(name));
        assertTrue(said(name).contains("driver: all done"), () -> said(name));
        said(name).lines().filter(line -> line.contains("longest freeze")).forEach(System.out::println);
    }

    private Process start(String name, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".txt").toFile());
        if (display != null) {
            builder.environment().put("DISPLAY", ":" + display);
        }
        // Where "Trace with dyntrace…" looks for the daemon.
        builder.environment().put("DYNTRACE_RUNDIR", rundir.toString());
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
