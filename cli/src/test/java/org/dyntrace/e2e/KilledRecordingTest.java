package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recordings outlive a daemon that is killed: the next one goes on with them, or says what is lost, and nothing goes on that nobody knows of.
 * {@code -Ddyntrace.recordings=100} for the long run (scripts/soak).
 */
class KilledRecordingTest {
    private static final int KILLS = Integer.getInteger("dyntrace.recordings", 4);
    private static final int LATEST = 2500;
    private static final int TRIES = 10;

    @TempDir
    private static Path directory;

    private static Path classes;

    private Installation dyntrace;
    private Program seam;

    @BeforeAll
    static void compile() {
        LttngSession.startDaemon();
        classes = Jvm.compile("Seam", directory.resolve("classes"));
    }

    @BeforeEach
    void begin() {
        dyntrace = Installation.start();
        seam = Jvm.start(Jvm.own("java"), classes, "Seam");
        seam.ask("point 1", "did point 1");
        dyntrace.attach(seam);
        dyntrace.ok("add", seam.pid() + ":Seam$Work.point", "-n", "point", "lttng", "--jfr");
    }

    @AfterEach
    void end() {
        seam.close();
        dyntrace.close();
    }

    private Map<String, Long> hits(Path recording) {
        return Traces.counts(dyntrace.ok(
                        "timeline",
                        recording,
                        "--pid",
                        seam.pid(),
                        "--event",
                        "dyntrace_lttng:tracepoint_hit",
                        "--event",
                        "dyntrace.TracepointHit",
                        "--format",
                        "json")
                .lines()
                .map(line -> line.replaceAll(".*?\"event\":\"([^\"]+)\".*", "$1")));
    }

    private static Map<String, Long> both(long times) {
        return Map.of("dyntrace_lttng:tracepoint_hit", times, "dyntrace.TracepointHit", times);
    }

    private void point() {
        seam.ask("point 100", "did point 100");
    }

    /** {@return whether nothing is left of recordings of this name: no session, none in the JVM, no file} */
    private boolean isNothingLeft(String name) {
        return !lttngHas(name)
                && !(seam.isAlive() && jvmHas(name))
                && dyntrace.recordings().isEmpty();
    }

    private static boolean lttngHas(String name) {
        return Shell.run("lttng", "list").out().contains("dyntrace-" + name + "-");
    }

    private boolean jvmHas(String name) {
        return jcmd("JFR.check").contains("name=dyntrace-" + name);
    }

    private String jcmd(String... words) {
        List<String> command = new ArrayList<>(List.of(Jvm.own("jcmd").toString(), "" + seam.pid()));
        command.addAll(List.of(words));
        return Shell.run(command.toArray(String[]::new)).out();
    }

    @Test
    void goesOn() {
        Path to = directory.resolve("survivor");
        dyntrace.ok("record", "start", "-n", "survivor", "-o", to, seam.pid());
        dyntrace.ok("record", "start", "-n", "flying", "--flight-recorder", seam.pid());
        point();
        dyntrace.killDaemon();
        point();
        // As daemons leave them that are killed while they have a JVM end a chunk.
        for (int i = 0; i < 2; i++) {
            jcmd("JFR.start", "settings=none", "name=dyntrace-survivor-" + dyntrace.daemonPid() + "-end");
        }
        dyntrace.startDaemon();
        String listed = dyntrace.ok("record", "list");
        assertTrue(
                listed.matches("(?s).*\nflying    flight .*\nsurvivor  going .* " + seam.pid() + "\\(\\d+[KM]\\) .*"),
                listed);
        point();
        Path snapshot = directory.resolve("flying");
        dyntrace.ok("record", "snapshot", "flying", "-o", snapshot);
        assertEquals(both(300), hits(snapshot));
        assertEquals(to.toString(), dyntrace.ok("record", "stop", "survivor"));
        assertEquals(both(300), hits(to));
        ClockError clock = ClockError.of(dyntrace.ok("report", to, "--json"));
        assertTrue(clock.median() <= 2000 && clock.p99() <= 50_000, clock.toString());
        dyntrace.ok("record", "stop", "flying");
        assertTrue(isNothingLeft("survivor") && isNothingLeft("flying"));
        assertEquals("", dyntrace.ok("record", "list"));
    }

    @Test
    void tellsWhatIsLost() {
        Path to = directory.resolve("halved");
        dyntrace.ok("record", "start", "-n", "halved", "-o", to, seam.pid());
        point();
        dyntrace.killDaemon();
        Shell.run("lttng", "destroy", "dyntrace-halved-" + dyntrace.daemonPid()).ok();
        seam.close();
        dyntrace.startDaemon();
        Waiting.until(
                10,
                () -> dyntrace.ok("record", "list"),
                () -> dyntrace.ok("record", "list").contains("halved  ended"));
        String json = dyntrace.ok("record", "list", "--json");
        assertTrue(json.contains("LTTng's session is gone"), json);
        assertTrue(json.contains("JVM " + seam.pid() + " has ended"), json);
        Result stopped = dyntrace.run("record", "stop", "halved");
        assertEquals(to.toString(), stopped.ok());
        assertTrue(stopped.err().contains("LTTng's session is gone"), stopped.err());
        assertTrue(stopped.err().contains("JVM " + seam.pid() + " has ended"), stopped.err());
        assertEquals(Map.of("dyntrace_lttng:tracepoint_hit", 100L), hits(to));
        assertTrue(isNothingLeft("halved"));
    }

    /** A JVM that does not answer now is told when it does, by this daemon or the next one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stoppedJvmIsToldLater(boolean killed) {
        Path to = directory.resolve("deaf-" + killed);
        dyntrace.ok("record", "start", "-n", "deaf", "-o", to, seam.pid());
        point();
        seam.signal("STOP");
        Result stopped = dyntrace.run("record", "stop", "deaf");
        assertEquals(to.toString(), stopped.ok());
        assertTrue(stopped.err().contains("JVM " + seam.pid() + "'s recording is missing"), stopped.err());
        assertEquals("", dyntrace.ok("record", "list"));
        if (killed) {
            dyntrace.killDaemon();
            dyntrace.startDaemon();
            assertEquals("", dyntrace.ok("record", "list"));
        }
        seam.signal("CONT");
        Waiting.until(40, () -> "it is told: " + dyntrace.recordings(), () -> isNothingLeft("deaf"));
        assertEquals(Map.of("dyntrace_lttng:tracepoint_hit", 100L), hits(to));
    }

    /** What was beginning when the daemon was killed is taken away by the next one: it is killed when LTTng has its session, and the JVM begins. */
    @Test
    void takesBackWhatWasBeginning() throws InterruptedException {
        Path to = directory.resolve("begun");
        boolean wasBeginning = false;
        for (int i = 0; i < TRIES && !wasBeginning; i++) {
            Thread asking = new Thread(() -> dyntrace.run("record", "start", "-n", "begun", "-o", to, seam.pid()));
            asking.start();
            Waiting.until(20, () -> "LTTng has its session", () -> lttngHas("begun"));
            dyntrace.killDaemon();
            asking.join();
            Path state = dyntrace.recordings().get(0).resolve("recording.properties");
            wasBeginning = Waiting.text(state).contains("phase=STARTING");
            dyntrace.startDaemon();
            if (!wasBeginning) {
                dyntrace.ok("record", "stop", "begun");
                Installation.delete(to);
            }
        }
        assertTrue(wasBeginning, "never killed in time");
        Waiting.until(20, () -> to + " goes", () -> !Files.exists(to));
        Waiting.until(30, () -> "it goes: " + dyntrace.recordings(), () -> isNothingLeft("begun"));
        assertEquals("", dyntrace.ok("record", "list"));
    }

    /** It is killed when the directory is there, and hardly anything else; the second time it is there before it is asked for. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void takesNoOtherDirectoryBack(boolean others) throws IOException, InterruptedException {
        for (int i = 0; i < 3; i++) {
            Path to = directory.resolve("made-" + others + i);
            if (others) {
                Files.createDirectory(to);
                Files.setLastModifiedTime(to, FileTime.from(Instant.now().minusSeconds(5)));
            }
            Thread asking = new Thread(() -> dyntrace.run("record", "start", "-n", "made", "-o", to, seam.pid()));
            asking.start();
            while (others ? dyntrace.recordings().isEmpty() && asking.isAlive() : !Files.exists(to)) {
                Thread.onSpinWait();
            }
            dyntrace.killDaemon();
            asking.join();
            dyntrace.startDaemon();
            Waiting.until(30, () -> "it goes: " + dyntrace.recordings(), () -> isNothingLeft("made"));
            Waiting.until(20, () -> to + " " + others, () -> Files.exists(to) == others);
        }
    }

    /** Whenever it is killed. */
    @Test
    void leavesNothingHalfDone() throws InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < KILLS; i++) {
            String round = "kill " + i + ", seed " + seed;
            Path to = directory.resolve("round-" + i);
            boolean stopping = i % 2 == 1;
            if (stopping) {
                dyntrace.ok("record", "start", "-n", "half", "-o", to, seam.pid());
                point();
            }
            Thread asking = new Thread(() -> {
                if (stopping) {
                    dyntrace.run("record", "stop", "half");
                } else {
                    dyntrace.run("record", "start", "-n", "half", "-o", to, seam.pid());
                }
            });
            asking.start();
            Waiting.pause(random.nextInt(LATEST));
            dyntrace.killDaemon();
            asking.join();
            dyntrace.startDaemon();
            check(to, stopping, round);
            dyntrace.awaitListed(seam);
        }
        assertFalse(jvmHas("half"));
    }

    private void check(Path to, boolean stopping, String round) {
        if (dyntrace.ok("record", "list").contains("half")) {
            dyntrace.ok("record", "stop", "half");
            assertTrue(Files.exists(to.resolve("dyntrace-recording.json")), round);
        } else if (!stopping) {
            Waiting.until(20, () -> to + " goes, " + round, () -> !Files.exists(to));
        }
        if (stopping) {
            assertEquals(both(100), hits(to), round);
        }
        Waiting.until(
                30,
                () -> round + ": " + dyntrace.recordings()
                        + Shell.run("lttng", "list").out(),
                () -> isNothingLeft("half"));
    }
}
