package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dyntrace record}: LTTng and JVMs' Flight Recorders, started and stopped by one command. */
class RecordTest {
    @TempDir
    private static Path directory;

    private static Installation dyntrace;
    private static Program seam;

    @BeforeAll
    static void install() {
        LttngSession.startDaemon();
        dyntrace = Installation.start();
        Path classes = Jvm.compile("Seam", directory.resolve("classes"));
        seam = Jvm.start(Jvm.own("java"), classes, "Seam");
        seam.ask("point 1", "did point 1");
        dyntrace.attach(seam);
    }

    @AfterAll
    static void remove() {
        seam.close();
        dyntrace.close();
        assertFalse(Shell.run("lttng", "list").out().contains("dyntrace-slow"));
    }

    private static Map<String, Long> timeline(Path recording) {
        return Traces.counts(
                dyntrace.ok("timeline", recording, "--pid", seam.pid(), "--event", "point", "--format", "json")
                        .lines()
                        .map(line -> line.replaceAll(".*?\"event\":\"([^\"]+)\".*", "$1"))
                        .filter(name -> !name.endsWith("_info")));
    }

    private static List<Path> files(Path in) throws IOException {
        try (Stream<Path> files = Files.walk(in)) {
            return files.toList();
        }
    }

    @Test
    void recordsBothIntoOneDirectory() throws IOException {
        Path to = directory.resolve("slow");
        Result started = dyntrace.run("record", "start", "-n", "slow", "-o", to, seam.pid());
        assertEquals("slow", started.ok());
        boolean kernel = Shell.run("lttng", "list", "--kernel").exitCode() == 0;
        assertEquals(
                !kernel,
                started.err().contains("Kernel events are not recorded: LTTng has no kernel tracer here."),
                started.err());
        String listed = dyntrace.ok("record", "list");
        assertTrue(listed.contains("slow") && listed.contains(to.toString()) && listed.contains("1024M"), listed);
        String json = dyntrace.ok("record", "list", "--json");
        assertTrue(json.contains("\"jvms\":[{\"pid\":" + seam.pid() + ",\"recording\":true,\"diskUse\":"), json);
        assertTrue(json.contains("\"ended\":false"), json);
        dyntrace.ok("add", seam.pid() + ":Seam$Work.point", "-n", "point", "lttng", "--jfr");
        try {
            seam.ask("point 600", "did point 600");
        } finally {
            dyntrace.ok("rm", seam.pid() + ":point");
        }
        assertEquals(to.toString(), dyntrace.ok("record", "stop", "slow"));
        assertEquals(Map.of("dyntrace_lttng:tracepoint_hit", 600L, "dyntrace.TracepointHit", 600L), timeline(to));
        assertTrue(Files.readString(to.resolve("dyntrace-recording.json")).contains("\"monotonic\""));
        assertTrue(Traces.jfr(to.resolve(seam.pid() + ".jfr")).stream()
                .anyMatch(event -> event.getEventType().getName().equals("jdk.ActiveSetting")));
        ClockError clock = ClockError.of(dyntrace.ok("report", to, "--json"));
        assertEquals(300, clock.pairs());
        assertTrue(clock.median() <= 2000 && clock.p99() <= 50_000, clock.toString());
        assertEquals("", dyntrace.ok("record", "list"));
        for (Path file : files(to)) {
            assertEquals(Files.isDirectory(file) ? "rwx------" : "rw-------", permissions(file));
        }
        assertFalse(Shell.run("lttng", "list").out().contains("dyntrace-slow"));
    }

    /** What one sees is what is there: LTTng's files with the daemon, and the JVM's in its own directory. */
    @Test
    void diskUseIsShownAndBounded() throws IOException {
        dyntrace.ok("record", "start", "-n", "room", "--limit", "64M", "-o", directory.resolve("room"), seam.pid());
        dyntrace.ok("add", seam.pid() + ":Seam$Work.point", "-n", "point", "lttng", "--jfr");
        try {
            // More than there is room for, of both.
            for (int i = 0; i < 8; i++) {
                seam.ask("point 200000", "did point 200000");
            }
        } finally {
            dyntrace.ok("rm", seam.pid() + ":point");
        }
        Matcher shown = Pattern.compile("\"diskUse\":(\\d+),\"traceDiskUse\":(\\d+),\"jvms\":\\[\\{\"pid\":"
                        + seam.pid() + ",\"recording\":true,\"diskUse\":(\\d+)}]")
                .matcher(dyntrace.ok("record", "list", "--json"));
        assertTrue(shown.find());
        long all = Long.parseLong(shown.group(1));
        long trace = Long.parseLong(shown.group(2));
        long jfr = Long.parseLong(shown.group(3));
        assertEquals(all, trace + jfr);
        assertTrue(all <= 64 << 20, shown.group());
        assertTrue(trace > 16 << 20, shown.group());
        assertTrue(jfr > 12 << 20, shown.group());
        String listed = dyntrace.ok("record", "list");
        assertTrue(listed.contains(seam.pid() + "(" + (jfr >> 20) + "M)"), listed);
        dyntrace.ok("record", "stop", "room", "--discard");
        assertFalse(Files.exists(directory.resolve("room")));
        assertEquals("", dyntrace.ok("record", "list"));
        assertEquals(List.of(), dyntrace.recordings());
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /** The daemon and the JVM are root's; who asks is not. */
    @Test
    void filesAreOfWhoAsked() throws IOException {
        Assumptions.assumeTrue(Files.getOwner(directory).getName().equals("root"), "needs root");
        Asker member = Asker.memberOf("dyntrace");
        Path open = Files.createTempDirectory("dyntrace-theirs");
        try {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.setPosixFilePermissions(dyntrace.rundir().getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
            Path closed = Files.createDirectory(open.resolve("closed"));
            Result refused = member.run(
                    "dyntrace",
                    "--rundir",
                    dyntrace.rundir(),
                    "record",
                    "start",
                    "-o",
                    closed.resolve("in"),
                    seam.pid());
            assertEquals(1, refused.exitCode(), refused.err());
            assertTrue(refused.err().contains("can't be written by you: permission denied"), refused.err());

            Path to = open.resolve("theirs");
            member.run(
                            "dyntrace",
                            "--rundir",
                            dyntrace.rundir(),
                            "record",
                            "start",
                            "-n",
                            "theirs",
                            "-o",
                            to,
                            seam.pid())
                    .ok();
            member.run("dyntrace", "--rundir", dyntrace.rundir(), "record", "stop", "theirs")
                    .ok();
            List<Path> files = files(to);
            assertTrue(files.contains(to.resolve(seam.pid() + ".jfr")), files.toString());
            for (Path file : files) {
                assertEquals("nobody", Files.getOwner(file).getName(), file.toString());
            }
        } finally {
            Shell.run("rm", "-r", open.toString()).ok();
        }
    }

    /** What was recorded is not lost where it can't be written. */
    @Test
    void isKeptWhereThereIsNoRoom() throws IOException {
        Assumptions.assumeTrue(Files.getOwner(directory).getName().equals("root"), "needs root");
        Path small = Files.createDirectory(directory.resolve("small-disk"));
        Shell.run("mount", "-t", "tmpfs", "-o", "size=256k", "none", small.toString())
                .ok();
        try {
            dyntrace.ok("record", "start", "-n", "kept", "-o", small.resolve("kept"), seam.pid());
            dyntrace.ok("add", seam.pid() + ":Seam$Work.point", "-n", "point", "lttng", "--jfr");
            try {
                seam.ask("point 600", "did point 600");
            } finally {
                dyntrace.ok("rm", seam.pid() + ":point");
            }
            for (int i = 0; i < 2; i++) {
                refused("No space left on device", 1, "stop", "kept");
                assertEquals(List.of(small.resolve("kept")), files(small.resolve("kept")));
                String listed = dyntrace.ok("record", "list");
                assertTrue(listed.matches("(?s).*\nkept  ended  .*"), listed);
            }
            String said = dyntrace.run("record", "stop", "kept").err();
            Matcher where = Pattern.compile("kept by the daemon, in (\\S+)\\.").matcher(said);
            assertTrue(where.find(), said);
            Map<String, Long> both = Map.of("dyntrace_lttng:tracepoint_hit", 600L, "dyntrace.TracepointHit", 600L);
            assertEquals(both, timeline(Path.of(where.group(1))));
            assertFalse(Shell.run("lttng", "list").out().contains("dyntrace-kept"));
            Path elsewhere = directory.resolve("elsewhere");
            assertEquals(elsewhere.toString(), dyntrace.ok("record", "stop", "kept", "-o", elsewhere));
            assertEquals(both, timeline(elsewhere));
            assertFalse(Files.exists(small.resolve("kept")));
            assertEquals("", dyntrace.ok("record", "list"));
            assertEquals(List.of(), dyntrace.recordings());
        } finally {
            Shell.run("umount", small.toString()).ok();
        }
    }

    @Test
    void flightRecorderKeepsTheLatestForSnapshots() {
        dyntrace.ok("record", "start", "-n", "always", "--flight-recorder", seam.pid());
        dyntrace.ok("add", seam.pid() + ":Seam$Work.point", "-n", "point", "lttng", "--jfr");
        try {
            for (long times : new long[] {100, 200}) {
                seam.ask("point 100", "did point 100");
                Path to = directory.resolve("snapshot-" + times);
                assertEquals(to.toString(), dyntrace.ok("record", "snapshot", "always", "-o", to));
                assertEquals(
                        Map.of("dyntrace_lttng:tracepoint_hit", times, "dyntrace.TracepointHit", times), timeline(to));
            }
        } finally {
            dyntrace.ok("rm", seam.pid() + ":point");
        }
        assertEquals("", dyntrace.ok("record", "stop", "always"));
        assertEquals(
                "",
                Shell.run(Jvm.own("jcmd").toString(), "" + seam.pid(), "JFR.check")
                        .ok()
                        .lines()
                        .filter(line -> line.contains("always"))
                        .findAny()
                        .orElse(""));
    }

    @Test
    void whatCannotBeIsToldAndLeavesNothing() throws IOException {
        Path there = Files.createDirectory(directory.resolve("there"));
        refused("it exists already", 1, "start", "-o", there);
        refused("there is no such directory", 1, "start", "-o", directory.resolve("no/where"));
        refused("is no JVM", 1, "start", "-o", directory.resolve("native"), 1);
        refused("is no name", 2, "start", "-n", "../up", "-o", directory.resolve("up"));
        refused("is no size", 2, "start", "--limit", "much");
        refused("32M or more", 2, "start", "--limit", "1M", "-o", directory.resolve("small"));
        refused("can't take part", 1, "start", "--jfr-settings", "nothing", "-o", directory.resolve("odd"), seam.pid());
        refused("There is no recording gone", 1, "stop", "gone");
        dyntrace.ok("record", "start", "-n", "twice", "-o", directory.resolve("twice"));
        refused("There is a recording twice already", 1, "start", "-n", "twice", "-o", directory.resolve("second"));
        refused("is no flight recorder", 2, "snapshot", "twice", "-o", directory.resolve("third"));
        dyntrace.ok("record", "stop", "twice");
        for (String name : List.of("native", "up", "small", "odd", "second", "third")) {
            assertFalse(Files.exists(directory.resolve(name)), name);
        }
        assertEquals("", dyntrace.ok("record", "list"));
        assertFalse(Shell.run("lttng", "list").out().contains("dyntrace-rec-0-" + dyntrace.daemonPid()));
    }

    private static void refused(String words, int exitCode, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "record";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Result result = dyntrace.run(all);
        assertEquals(exitCode, result.exitCode(), result.err());
        assertTrue(result.err().contains(words), result.err());
        assertFalse(result.err().contains("Exception"), result.err());
    }
}
