package org.dyntrace.daemon.access;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class JmxServerTest {
    private static final long MEMBERS = 54321;
    private static final String STRANGER = "--reuid=65534 --regid=65534 --clear-groups";
    private static final String MEMBER = "--reuid=65534 --regid=65534 --groups=1234," + MEMBERS;

    @TempDir
    Path temporary;

    private final MBeanServer mbeans = ManagementFactory.getPlatformMBeanServer();
    private RunDirectory directory;
    private JmxServer server;
    private Client client;
    private ObjectName who;

    @BeforeEach
    void start() throws Exception {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        client = new Client(temporary);
        directory = new RunDirectory(Files.createDirectory(temporary.resolve("run")));
        Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxr-x---"));
        who = new ObjectName("dyntrace:type=Who");
        mbeans.registerMBean(new Who(), who);
        server = JmxServer.start(mbeans, directory, rule(), Limits.defaults());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        mbeans.unregisterMBean(who);
    }

    private static AccessRule rule() {
        return new AccessRule(Caller.daemon().uid(), isRoot() ? OptionalLong.of(MEMBERS) : OptionalLong.empty());
    }

    private static boolean isRoot() {
        return Caller.daemon().uid() == 0;
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private Process as(String options, int count) throws IOException {
        assumeTrue(isRoot(), "only root can be somebody else");
        Files.setAttribute(directory.path(), "unix:gid", (int) MEMBERS);
        return client.start(
                directory.path(),
                count,
                Stream.concat(Stream.of("setpriv"), Stream.of(options.split(" ")))
                        .toArray(String[]::new));
    }

    @Test
    void theOwnUserIsKnownByUidAndPid() throws Exception {
        Process process = client.start(directory.path(), 1);
        String output = output(process);
        assertTrue(
                output.contains("uid=" + Caller.daemon().uid() + " ")
                        && output.contains(" pid=" + process.pid() + "\n"),
                output);
        assertEquals(0, process.waitFor());
    }

    @Test
    void aMemberOfTheGroupIsAdmittedAndKnown() throws Exception {
        String output = output(as(MEMBER, 1));
        assertTrue(output.contains("uid=65534 gid=65534 groups=1234," + MEMBERS + " pid="), output);
    }

    @Test
    void aStrangerCannotEvenEnterTheDirectory() throws Exception {
        Process process = as(STRANGER, 1);
        assertTrue(output(process).startsWith("NOT_PERMITTED: You may not use the daemon in "));
        assertEquals(4, process.waitFor());
    }

    @Test
    void aStrangerWhoGetsToTheSocketIsRefusedByTheDaemon() throws Exception {
        Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(directory.stub(), PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(directory.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
        Process process = as(STRANGER, 1);
        assertEquals("NOT_PERMITTED: User 65534 may not use this daemon.\n", output(process));
        assertEquals(4, process.waitFor());
        // and without the socket's rights the kernel refuses, with the same word
        Files.setPosixFilePermissions(directory.socket(), PosixFilePermissions.fromString("rw-------"));
        assertTrue(output(as(STRANGER, 1)).startsWith("NOT_PERMITTED: "));
    }

    @Test
    void manyCallersAreNeverMixedUp() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(as(MEMBER, 2000));
            processes.add(client.start(directory.path(), 2000));
        }
        for (Process process : processes) {
            String[] lines = output(process).split("\n");
            assertEquals(2, lines.length, "one answer, always: " + String.join("\n", lines));
            assertTrue(lines[1].endsWith(" " + lines[0]), lines[1]);
        }
    }

    @Test
    void thisThreadIsTheDaemonItself() throws Exception {
        assertTrue(mbeans.getAttribute(who, "Caller")
                .toString()
                .endsWith("pid=" + ProcessHandle.current().pid()));
        assertEquals(Caller.daemon(), Caller.current());
    }

    @Test
    void onlyTheDomainDyntraceCanBeChanged() throws Exception {
        try (DaemonConnection connection = DaemonConnection.open(directory)) {
            assertNotNull(connection.server().getAttribute(new ObjectName("java.lang:type=Runtime"), "Name"));
            assertEquals(
                    Reason.NOT_PERMITTED,
                    reason(() ->
                            connection.server().createMBean("javax.management.loading.MLet", new ObjectName("a:b=c"))));
            assertEquals(
                    Reason.NOT_PERMITTED,
                    reason(() -> connection
                            .server()
                            .invoke(
                                    new ObjectName("com.sun.management:type=HotSpotDiagnostic"),
                                    "dumpHeap",
                                    new Object[] {"/tmp/x", true},
                                    new String[] {"java.lang.String", "boolean"})));
            assertEquals(Reason.NOT_PERMITTED, reason(() -> connection.server().unregisterMBean(who)));
        }
    }

    @Test
    void failuresArriveAsTheyWere() throws Exception {
        try (DaemonConnection connection = DaemonConnection.open(directory)) {
            assertEquals(Reason.NO_SUCH_SYMBOL, reason(() -> connection.server().invoke(who, "fail", null, null)));
            assertEquals(Reason.INTERNAL, reason(() -> connection.server().invoke(who, "crash", null, null)));
            assertEquals(Reason.PROCESS_GONE, reason(() -> connection.process(1).getInfo()));
        }
    }

    private static Reason reason(Executable call) {
        return DaemonConnection.failure(assertThrows(Exception.class, call)).reason();
    }

    @Test
    void silentClientsKeepNobodyOut() throws Exception {
        List<SocketChannel> silent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            silent.add(SocketChannel.open(UnixDomainSocketAddress.of(directory.socket())));
        }
        assertEquals(0, client.start(directory.path(), 1).waitFor());
        // who says nothing is sent away
        ByteBuffer buffer = ByteBuffer.allocate(100);
        while (silent.get(0).read(buffer) >= 0) {
            assertTrue(buffer.hasRemaining());
        }
        for (SocketChannel channel : silent) {
            channel.close();
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> server.connections() == 0);
    }

    @Test
    void tooManyConnectionsAreRefusedWithAWord() throws Exception {
        assumeTrue(isRoot(), "others reach their own limit first");
        List<SocketChannel> held = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            held.add(SocketChannel.open(UnixDomainSocketAddress.of(directory.socket())));
        }
        await().until(() -> server.connections() == 256);
        assertEquals(
                Reason.DAEMON_BUSY,
                assertThrows(Failure.class, () -> DaemonConnection.open(directory))
                        .reason());
        for (SocketChannel channel : held) {
            channel.close();
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> server.connections() == 0);
        DaemonConnection.open(directory).close();
    }

    @Test
    void nothingListensOnTcp() throws Exception {
        DaemonConnection.open(directory).close();
        Set<String> own;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            own = descriptors.map(JmxServerTest::link).collect(Collectors.toSet());
        }
        assertTrue(own.stream().anyMatch(link -> link.startsWith("socket:")));
        for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
                String inode = line.strip().split("\\s+")[9];
                assertFalse(own.contains("socket:[" + inode + "]"), table + " " + line);
            }
        }
    }

    private static String link(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void rightsOfTheFiles() throws Exception {
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.stub())));
        assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.socket())));
        if (isRoot()) {
            assertEquals((int) MEMBERS, Files.getAttribute(directory.stub(), "unix:gid"));
            assertEquals((int) MEMBERS, Files.getAttribute(directory.socket(), "unix:gid"));
        }
    }

    @Test
    void withoutDaemonThereIsAWordToo() throws Exception {
        Path stub = temporary.resolve("stub");
        Files.copy(directory.stub(), stub);
        server.close();
        assertEquals(Reason.NO_DAEMON, opening());
        // as kill -9 leaves it: a stub, and a socket that nobody listens on
        Files.copy(stub, directory.stub());
        assertEquals(Reason.NO_DAEMON, opening());
        Files.writeString(directory.stub(), "no stub");
        assertEquals(Reason.NO_DAEMON, opening());
        server = JmxServer.start(mbeans, directory, rule(), Limits.defaults());
        DaemonConnection.open(directory).close();
    }

    private Reason opening() {
        Failure failure = assertThrows(Failure.class, () -> DaemonConnection.open(directory));
        assertTrue(failure.hint().contains("dyntraced --daemonize"), failure.hint());
        return failure.reason();
    }
}
