package org.dyntrace.agent.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The link over a real socket to another process. */
class LinkTest {
    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EBADF = 9;
    private static final int EINVAL = 22;
    private static final int ENAMETOOLONG = 36;
    private static final int ECONNREFUSED = 111;
    private static final int SITE_BYTES = 72;

    @TempDir
    private static Path directory;

    private static Path program;

    @BeforeAll
    static void build() {
        Built.loadNatives();
        program = Built.compile("jni_peer", directory);
    }

    @Test
    void allBytesCome() {
        try (Peer peer = peer("echo.sock")) {
            int fd = Natives.connect(peer.socket());
            assertTrue(fd >= 500, "a number that programs count on: " + fd);
            byte[] bytes = new byte[100_000];
            new Random(1).nextBytes(bytes);
            CompletableFuture<Integer> sent =
                    CompletableFuture.supplyAsync(() -> Natives.send(fd, bytes, 100, bytes.length - 200));
            byte[] back = new byte[bytes.length];
            int at = 100;
            while (at < bytes.length - 100) {
                assertEquals(1, Natives.awaitInput(fd, 10_000));
                int got = Natives.receive(fd, back, at, Math.min(7777, bytes.length - 100 - at), null);
                assertTrue(got > 0 && got <= 7777, "got " + got);
                at += got;
            }
            assertEquals(bytes.length - 200, sent.join());
            java.util.Arrays.fill(bytes, 0, 100, (byte) 0);
            java.util.Arrays.fill(bytes, bytes.length - 100, bytes.length, (byte) 0);
            assertArrayEquals(bytes, back);
            long before = System.nanoTime();
            assertEquals(0, Natives.awaitInput(fd, 30));
            assertTrue(System.nanoTime() - before >= 30_000_000);
            Natives.shut(fd);
            assertEquals(-EBADF, Natives.receive(fd, back, 0, 1, null));
            assertEquals(-EBADF, Natives.send(fd, back, 0, 1));
            assertEquals(-EBADF, Natives.awaitInput(fd, 0));
        }
    }

    @Test
    void theEndIsSeen() {
        try (Peer peer = peer("end.sock")) {
            int fd = Natives.connect(peer.socket());
            assertEquals(1, Natives.send(fd, new byte[1], 0, 1));
            assertEquals(1, Natives.receive(fd, new byte[1], 0, 1, null), "it has accepted");
            peer.kill();
            assertEquals(1, Natives.awaitInput(fd, -1));
            assertEquals(0, Natives.receive(fd, new byte[1], 0, 1, null));
            assertTrue(Natives.send(fd, new byte[1], 0, 1) < 0, "and no signal");
            Natives.shut(fd);
        }
    }

    @Test
    void wrongArguments() {
        assertEquals(-ENOENT, Natives.connect(directory.resolve("none.sock").toString()));
        assertEquals(-EINVAL, Natives.connect(null));
        assertEquals(-EINVAL, Natives.connect(""));
        assertEquals(-ENAMETOOLONG, Natives.connect("/" + "x".repeat(107)));
        assertEquals(-EBADF, Natives.receive(0, new byte[1], 0, 1, null));
        assertEquals(-EBADF, Natives.send(-1, new byte[1], 0, 1));
        assertEquals(-EBADF, Natives.send(1, new byte[1], 0, 1));
        int[][] wrong = {{-1, 1}, {0, 11}, {1, 10}, {11, 1}, {0, 0}, {0, -1}, {Integer.MAX_VALUE, Integer.MAX_VALUE}};
        for (int[] place : wrong) {
            assertEquals(-EINVAL, Natives.receive(0, new byte[10], place[0], place[1], null));
            assertEquals(-EINVAL, Natives.send(0, new byte[10], place[0], place[1]));
        }
        assertEquals(-EINVAL, Natives.receive(0, null, 0, 1, null));
        assertEquals(-EINVAL, Natives.send(0, null, 0, 1));
    }

    @Test
    void aSocketWithoutADaemonBehindIt() throws IOException {
        try (Peer peer = peer("dead.sock")) {
            peer.kill();
            assertEquals(-ECONNREFUSED, Natives.connect(peer.socket()));
        }
    }

    @Test
    void aPeerOfAnotherUser() throws IOException {
        assumeTrue(isRoot());
        Path open = Files.createDirectory(
                directory.resolve("open"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        int before = open("socket:.*");
        for (int i = 0; i < 3; i++) {
            List<String> nobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
            try (Peer peer = Peer.start(nobody, program, open.resolve("nobody" + i + ".sock"))) {
                assertEquals(-EPERM, Natives.connect(peer.socket()));
            }
        }
        // The JVM may have opened one of its own meanwhile.
        assertTrue(open("socket:.*") - before < 3, "none of ours stays");
        // The daemon is root, and the program is not: that is as it should be.
        String said;
        try (Peer peer = Peer.start(List.of(), program, open.resolve("root.sock"))) {
            Path classes = readable(open);
            said = Built.run(
                    "setpriv",
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                    Path.of(System.getProperty("java.home"), "bin/java"),
                    "-cp",
                    classes,
                    ConnectMain.class.getName(),
                    open.resolve("libdyntrace-jvm.so"),
                    peer.socket());
        }
        assertEquals("connected", said.trim());
    }

    /** Copies what a JVM of another user needs to where it may read it. */
    private static Path readable(Path into) throws IOException {
        Files.copy(Built.library("libdyntrace-jvm.so"), into.resolve("libdyntrace-jvm.so"));
        Path classes = Files.createDirectories(into.resolve("classes/org/dyntrace/agent/natives"));
        for (Class<?> type : List.of(Natives.class, ConnectMain.class)) {
            try (var bytes = type.getResourceAsStream(type.getSimpleName() + ".class")) {
                Files.copy(bytes, classes.resolve(type.getSimpleName() + ".class"));
            }
        }
        return into.resolve("classes");
    }

    @Test
    void aDescriptorComesAlong() throws IOException {
        Path log = Files.createFile(directory.resolve("passed.log"));
        try (Peer peer = peer("pass.sock", log, 3)) {
            int fd = Natives.connect(peer.socket());
            int[] passed = {-1};
            byte[] one = new byte[1];
            assertEquals(1, Natives.receive(fd, one, 0, 1, passed));
            assertEquals('p', one[0]);
            assertEquals(1, open(log.toString()), "one of the three that came");
            long[] identity = Natives.identity(passed[0]);
            assertEquals(Files.getAttribute(log, "unix:dev"), identity[0]);
            assertEquals(Files.getAttribute(log, "unix:ino"), identity[1]);
            String flags = Files.readString(Path.of("/proc/self/fdinfo/" + passed[0]));
            assertTrue(flags.matches("(?s).*flags:\\s+02\\d{6}\\s.*"), "not for children: " + flags);
            logLine(log, passed[0], identity);
            Natives.closeFile(passed[0], identity[0], identity[1] + 1);
            assertArrayEquals(identity, Natives.identity(passed[0]));
            Natives.closeFile(passed[0], identity[0], identity[1]);
            assertNull(Natives.identity(passed[0]));
            Natives.shut(fd);
        }
    }

    @Test
    void aDescriptorThatNobodyWants() throws IOException {
        Path log = Files.createFile(directory.resolve("unwanted.log"));
        for (int[] passed : new int[][] {null, {}, {7}}) {
            try (Peer peer = peer("unwanted" + System.nanoTime() + ".sock", log, 1)) {
                int fd = Natives.connect(peer.socket());
                assertEquals(1, Natives.receive(fd, new byte[1], 0, 1, passed));
                assertEquals(0, open(log.toString()));
                assertTrue(passed == null || passed.length == 0 || passed[0] == 7);
                Natives.shut(fd);
            }
        }
    }

    /** The agent's log tracer writes into the file, and no more when that is closed. */
    private static void logLine(Path log, int fd, long[] identity) throws IOException {
        byte[] text = "say/Hello.java".getBytes(StandardCharsets.US_ASCII);
        long line = Natives.allocate(text.length);
        Natives.write(line, text);
        ByteBuffer site = ByteBuffer.allocate(SITE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        site.putLong(0, 0x4a00_0000_0000_0001L)
                .putLong(32, identity[0])
                .putLong(40, identity[1])
                .putLong(48, line)
                .putInt(56, text.length)
                .putInt(60, fd);
        long address = Natives.allocate(SITE_BYTES);
        Natives.write(address, site.array());
        assertEquals(text.length, Natives.readInt(address + 56));
        for (int event = 0; event < 3; event++) {
            assertEquals(0, Natives.trace(Natives.logTracer(), address, event));
        }
        String pid = " " + ProcessHandle.current().pid() + "/\\d+ ";
        assertLinesMatch(
                Files.readAllLines(log),
                "\\d+\\.\\d{9}" + pid + "hit   say/Hello.java",
                "\\d+\\.\\d{9}" + pid + "entry say/Hello.java",
                "\\d+\\.\\d{9}" + pid + "exit  say/Hello.java");
        site.putLong(40, identity[1] + 1);
        Natives.write(address, site.array());
        assertEquals(1, Natives.trace(Natives.logTracer(), address, 0));
        assertEquals(3, Files.readAllLines(log).size());
        Natives.free(address);
        Natives.free(line);
    }

    private static void assertLinesMatch(List<String> lines, String... expressions) {
        org.junit.jupiter.api.Assertions.assertLinesMatch(List.of(expressions), lines);
    }

    @Test
    void memoryThatIsNone() {
        assertEquals(0, Natives.allocate(0));
        assertEquals(0, Natives.allocate(-1));
        Natives.free(0);
        Natives.write(0, new byte[1]);
        assertEquals(0, Natives.readInt(0));
        long address = Natives.allocate(4);
        Natives.write(address, null);
        assertEquals(0, Natives.readInt(address));
        Natives.free(address);
    }

    @Test
    void shutWakesWhoWaitsAndTheCollectorDoesNotWaitForThem() {
        try (Peer peer = peer("wait.sock")) {
            int fd = Natives.connect(peer.socket());
            CompletableFuture<Integer> waiting =
                    CompletableFuture.supplyAsync(() -> Natives.receive(fd, new byte[1 << 20], 0, 1 << 20, null));
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
                for (int i = 0; i < 3; i++) {
                    System.gc();
                }
                Natives.shut(fd);
                assertTrue(waiting.get() <= 0);
            });
        }
    }

    /** A program that closes what it doesn't know: what gets the number next isn't ours. */
    @Test
    void aSocketThatTheProgramClosed() throws IOException {
        try (Peer peer = peer("closed.sock");
                Peer other = peer("other.sock")) {
            int fd = Natives.connect(peer.socket());
            long[] identity = Natives.identity(fd);
            Natives.closeFile(fd, identity[0], identity[1]);
            assertEquals(-EBADF, Natives.receive(fd, new byte[1], 0, 1, null));
            assertEquals(fd, Natives.connect(other.socket()), "the same number again");
            assertEquals(1, Natives.send(fd, new byte[1], 0, 1));
            assertEquals(1, Natives.awaitInput(fd, 10_000));
            Natives.shut(fd);
            assertNull(Natives.identity(fd));
        }
    }

    private static Peer peer(String socket, Object... arguments) {
        return Peer.start(List.of(), program, directory.resolve(socket), arguments);
    }

    /** How many descriptors of files are open whose names look so. */
    private static int open(String expression) throws IOException {
        int count = 0;
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open.toList()) {
                boolean isThere = Files.isSymbolicLink(descriptor);
                count +=
                        isThere && Files.readSymbolicLink(descriptor).toString().matches(expression) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }
}
