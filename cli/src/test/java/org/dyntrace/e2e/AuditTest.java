package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every change is a line in audit.log: who, what, and how it ended. */
class AuditTest {
    private static final Pattern LINE = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z (user=\\S+ uid=\\d+ pid=\\d+ (by=attach )?did=\".*"
                    + "|refused=\\d+ more in the minute before)");

    private Installation dyntrace;
    private Program program;

    @BeforeEach
    void start() {
        dyntrace = Installation.prepare();
        program = Program.ours("e2e_story");
    }

    @AfterEach
    void end() {
        program.close();
        dyntrace.close();
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(dyntrace.rundir().resolve("audit.log"));
    }

    private String last() throws IOException {
        List<String> all = lines();
        return all.get(all.size() - 1);
    }

    private static void assertHolds(String line, String... parts) {
        for (String part : parts) {
            assertTrue(line.contains(part), () -> "no '" + part + "' in " + line);
        }
    }

    @Test
    void whoWhatAndHowItEnded() throws IOException {
        dyntrace.startDaemon();
        String own = "user=" + System.getProperty("user.name") + " uid=";
        String on = "on=\"dyntrace:type=Process,pid=" + program.pid() + "\"";
        dyntrace.attach(program);
        assertHolds(last(), own, "did=\"attach\" on=\"dyntrace:type=Daemon\" with=[\"" + program.pid() + "\"]");
        dyntrace.ok("add", program.pid() + ":callee", "-n", "mine", "count");
        assertHolds(last(), own, "did=\"add\" " + on, "\"callee\"", "result=\"done\" made=\"mine\"");
        assertEquals(
                1,
                dyntrace.run("add", program.pid() + ":callee", "-n", "mine", "count")
                        .exitCode());
        assertHolds(last(), own, "did=\"add\" " + on, "result=\"NAME_TAKEN: ");
        dyntrace.ok("disable", program.pid() + ":mine");
        assertHolds(last(), "did=\"disable\"", "\"mine\"", "result=\"done\"");
        dyntrace.ok("enable", program.pid() + ":mine");
        assertHolds(last(), "did=\"enable\"", "result=\"done\"");
        dyntrace.ok("rm", program.pid() + ":mine");
        assertHolds(last(), "did=\"remove\"", "result=\"done\"");
        dyntrace.ok("detach", program.pid());
        assertHolds(last(), "did=\"detach\"", "result=\"done\"");
        int before = lines().size();
        dyntrace.ok("list-processes");
        assertEquals(before, lines().size());
        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(dyntrace.rundir().resolve("audit.log")));
    }

    /** Names are others' texts: none makes a line, or a field, of its own. */
    @Test
    void noLineCanBeForged() throws IOException {
        dyntrace.startDaemon();
        dyntrace.attach(program);
        int before = lines().size();
        List<String> odd = List.of(
                "x\n2026-01-01T00:00:00Z user=root uid=0 pid=1 did=\"add\" result=\"done\"",
                "x\" result=\"done\" made=\"y",
                "x\\",
                "x\r\u001b[2K\u0085\u2028y",
                "x".repeat(5000));
        for (String name : odd) {
            assertTrue(dyntrace.run("rm", program.pid() + ":" + name).exitCode() > 0);
            assertTrue(dyntrace.run("add", program.pid() + ":" + name, "-n", name, "count")
                            .exitCode()
                    > 0);
        }
        List<String> lines = lines();
        assertTrue(lines.size() > before);
        for (String line : lines) {
            assertTrue(LINE.matcher(line).matches(), line);
            // Outside of quoted texts stand who and the fields' names only.
            String bare = line.replaceAll("\"(\\\\.|[^\"\\\\])*\"", "Q");
            assertTrue(
                    bare.matches("\\S+ user=\\S+ uid=\\d+ pid=\\d+ did=Q( on=Q with=\\[.*])? result=Q( made=Q)?"),
                    bare);
            assertTrue(line.chars().noneMatch(c -> c < ' ' || c == 0x1b || c == 0x85 || c == 0x2028), line);
            assertTrue(line.length() < 5000, line);
        }
        assertTrue(lines.subList(before, lines.size()).stream().noneMatch(line -> line.contains(" made=\"y")));
    }

    @Test
    void whoIsRefusedAppears() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can be somebody else");
        dyntrace.startDaemon();
        Path rundir = dyntrace.rundir();
        Shell.run("chmod", "755", rundir.getParent().toString(), rundir.toString())
                .ok();
        Shell.run("chmod", "644", rundir.resolve("jmx.stub").toString()).ok();
        Shell.run("chmod", "666", rundir.resolve("jmx.sock").toString()).ok();
        Result refused = Asker.stranger().run("dyntrace", "--rundir", rundir, "list-processes");
        assertEquals(4, refused.exitCode(), refused::toString);
        assertHolds(last(), "user=nobody uid=", "did=\"connect\" result=\"NOT_PERMITTED\"");
        // Who tries again and again does not push out the others' lines.
        Path script = Files.writeString(dyntrace.file("again.py"), """
                import socket, sys
                for i in range(2000):
                    s = socket.socket(socket.AF_UNIX)
                    s.connect(sys.argv[1])
                    while s.recv(1000):
                        pass
                """);
        Shell.run("chmod", "644", script.toString()).ok();
        Asker.stranger()
                .as(
                        "/usr/bin/python3",
                        script.toString(),
                        rundir.resolve("jmx.sock").toString())
                .ok();
        assertTrue(
                lines().size() <= 101 * 2,
                () -> "lines: "
                        + Waiting.text(rundir.resolve("audit.log")).lines().count());
        dyntrace.ok("list-processes");
    }

    /** A disk that is full, and one that is so only for the audit file, stop nobody. */
    @Test
    void aFullDiskStopsNothing() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can mount");
        Path disk = Files.createDirectory(dyntrace.file("disk"));
        Shell.run("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "none", disk.toString())
                .ok();
        try {
            Path settings = Files.writeString(dyntrace.file("settings"), "log.directory = disk\n");
            dyntrace.startDaemon("--config", settings.toString());
            dyntrace.attach(program);
            Files.write(disk.resolve("ballast"), new byte[40_000]);
            Shell.run("sh", "-c", "cat /dev/zero >> " + disk.resolve("ballast") + " 2>/dev/null || true")
                    .ok();
            for (int i = 0; i < 5; i++) {
                dyntrace.ok("add", program.pid() + ":callee", "-n", "full" + i, "count");
                if (i == 0) {
                    program.ask("calls 3", "done");
                }
                dyntrace.ok("rm", program.pid() + ":full" + i);
            }
            Files.delete(disk.resolve("ballast"));
            dyntrace.ok("add", program.pid() + ":callee", "-n", "again", "count");
            List<String> lines = Files.readAllLines(disk.resolve("audit.log"));
            assertHolds(lines.get(lines.size() - 1), "made=\"again\"");
            // What could not be written is in the daemon's log.
            assertTrue(Waiting.text(dyntrace.rundir().resolve("log")).contains("made=\"full4\""));
            assertTrue(lines.stream().allMatch(line -> LINE.matcher(line).matches()), lines::toString);
        } finally {
            dyntrace.stopDaemon();
            Shell.run("umount", disk.toString()).ok();
            dyntrace.startDaemon();
        }
    }
}
