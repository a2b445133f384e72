package org.dyntrace.daemon.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.link.AgentLink;
import org.dyntrace.daemon.link.LinkServer;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.Signals;
import org.dyntrace.daemon.proc.Target;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Real JVMs of every release here, and each that can't be attached to is told why and lives on as it was. */
class JvmAttachTest {
    private static final String RUNDIR = "/run/a,b%c";
    private static final String STORY = "agent of " + RUNDIR + " with a library in ";

    private static Path files;

    @BeforeAll
    static void make() throws IOException {
        files = AgentFiles.directory();
        AgentFiles.make(files);
    }

    @AfterAll
    static void delete() throws IOException {
        AgentFiles.delete(files);
    }

    static Stream<Jdk> jdks() {
        return Jdk.all().stream();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void anyJvm(Jdk jdk) throws IOException {
        try (Target target = ready(jdk)) {
            assertTrue(JvmAttach.isJvm(target.process()));
            List<Path> before = leftovers(target);
            int descriptors = descriptors();
            Attached first = attach(target, files);
            assertTrue(first.woken());
            assertFalse(first.copied());
            assertEquals(jdk.release() >= 21, first.warned());
            assertTrue(target.awaitOutput(STORY).contains(STORY + files + "."));
            assertEquals(first.warned(), target.output().contains("WARNING"), target.output());
            Attached again = attach(target, files);
            assertFalse(again.woken());
            assertEquals(descriptors, descriptors());
            assertUnharmed(target);
            assertEquals(before, leftovers(target));
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aJvmThatAllowsAgentsIsNotSaidToWarn(Jdk jdk) {
        try (Target target = ready(jdk, "-XX:+EnableDynamicAgentLoading")) {
            assertFalse(attach(target, files).warned());
            assertFalse(target.awaitOutput(STORY).contains("WARNING"));
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void attachDisabled(Jdk jdk) {
        try (Target target = ready(jdk, "-XX:+DisableAttachMechanism")) {
            Failure failure = refusal(target, Reason.ATTACH_DISABLED);
            assertTrue(failure.getMessage().contains("-XX:+DisableAttachMechanism"));
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void attachDisabledByTheEnvironment(Jdk jdk) {
        try (Target target = Target.start(
                "env", "JAVA_TOOL_OPTIONS=-XX:+DisableAttachMechanism", jdk.java(), "-cp", files, "Program")) {
            target.awaitOutput("ready");
            refusal(target, Reason.ATTACH_DISABLED);
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void dynamicLoadingDisabled(Jdk jdk) {
        try (Target target = ready(jdk, "-XX:-EnableDynamicAgentLoading")) {
            Failure failure = refusal(target, Reason.DYNAMIC_LOADING_DISABLED);
            assertTrue(failure.getMessage().contains("-XX:-EnableDynamicAgentLoading"));
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aJvmThatSigquitWouldKill(Jdk jdk) throws IOException {
        try (Target target = ready(jdk, "-Xrs")) {
            assertFalse(attach(target, files).woken());
            target.awaitOutput(STORY);
            Files.delete(Path.of("/tmp/.java_pid" + target.pid()));
            Failure failure =
                    refusal(target, Reason.ATTACH_DISABLED, new Limits(Duration.ofMillis(300), Duration.ofSeconds(5)));
            assertTrue(failure.getMessage().contains("-Xrs"));
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aJvmThatHasJustBegun(Jdk jdk) {
        for (int i = 0; i < 20; i++) {
            try (Target target = Target.start(jdk.java(), "-cp", files, "Program")) {
                Awaitility.await()
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> JvmAttach.isJvm(target.process()));
                attach(target, files);
                target.awaitOutput(STORY);
                target.awaitOutput("ready");
                assertUnharmed(target);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aStoppedJvm(Jdk jdk) {
        try (Target target = ready(jdk)) {
            target.signal("STOP");
            Awaitility.await().until(() -> state(target) == 'T');
            Failure failure = assertThrows(Failure.class, () -> attach(target, files));
            assertEquals(Reason.STOPPED, failure.reason());
            assertFalse(Signals.isPending(target.process(), Libc.SIGQUIT));
            target.signal("CONT");
            attach(target, files);
            target.awaitOutput(STORY);
            assertUnharmed(target);
        }
    }

    /** It takes the signal after we gave up: then it must still find what lets it listen, and not print its threads. */
    @ParameterizedTest
    @MethodSource("jdks")
    void aJvmThatAnswersTooLate(Jdk jdk) throws IOException {
        try (Target target = ready(jdk)) {
            refusal(target, Reason.JVM_NOT_RESPONDING, new Limits(Duration.ZERO, Duration.ofSeconds(5)));
            Path socket = Path.of("/tmp/.java_pid" + target.pid());
            Awaitility.await()
                    .until(() -> Files.exists(socket) || target.output().contains("dump"));
            assertUnharmed(target);
            assertFalse(attach(target, files).woken());
            target.awaitOutput(STORY);
            Files.delete(Path.of("/tmp/.attach_pid" + target.pid()));
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void anAgentThatDoesNotStart(Jdk jdk) {
        try (Target target = ready(jdk)) {
            Failure told = assertThrows(Failure.class, () -> attach(target, files, "fail"));
            assertEquals(Reason.AGENT_FAILED, told.reason());
            assertTrue(told.getMessage().contains("its soul is missing"), told.getMessage());
            Failure thrown = assertThrows(Failure.class, () -> attach(target, files, "throw"));
            assertEquals(Reason.AGENT_FAILED, thrown.reason());
            Failure hangs = assertThrows(
                    Failure.class,
                    () -> JvmAttach.attach(
                            target.process(),
                            files.resolve("agent.jar"),
                            files,
                            "sleep",
                            Optional.empty(),
                            new Limits(Duration.ofSeconds(5), Duration.ofMillis(500))));
            assertEquals(Reason.JVM_NOT_RESPONDING, hangs.reason());
            assertUnharmed(target);
        }
    }

    @ParameterizedTest
    @CsvSource({"halt", "exit"})
    void aJvmThatEndsInTheMiddle(String how) {
        for (Jdk jdk : Jdk.all()) {
            try (Target target = ready(jdk)) {
                Failure failure = assertThrows(Failure.class, () -> attach(target, files, how));
                assertEquals(Reason.PROCESS_GONE, failure.reason(), failure.getMessage());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aJvmThatIsKilledInTheMiddle(Jdk jdk) {
        try (Target target = ready(jdk)) {
            CompletableFuture<Attached> attaching = CompletableFuture.supplyAsync(() -> attach(target, files, "sleep"));
            target.awaitOutput("agent sleeps");
            target.signal("KILL");
            ExecutionException thrown = assertTimeoutPreemptively(
                    Duration.ofSeconds(5), () -> assertThrows(ExecutionException.class, attaching::get));
            assertEquals(Reason.PROCESS_GONE, ((Failure) thrown.getCause()).reason());
        }
    }

    @Test
    void aProcessThatIsNoJvmOrIsGone() {
        try (Target target = Target.start("sleep", "600")) {
            assertFalse(JvmAttach.isJvm(target.process()));
            refusal(target, Reason.NOT_A_JVM);
            ProcessId earlier = new ProcessId(target.pid(), target.process().startTime() - 1);
            assertFalse(JvmAttach.isJvm(new ProcessId(1 << 22, 1)));
            assertEquals(
                    Reason.PROCESS_GONE,
                    assertThrows(
                                    Failure.class,
                                    () -> JvmAttach.attach(earlier, files.resolve("agent.jar"), files, RUNDIR))
                            .reason());
        }
    }

    @Test
    void theDaemonItself() {
        ProcessId own = ProcessId.current((int) ProcessHandle.current().pid());
        assertTrue(JvmAttach.isJvm(own));
        assertEquals(
                Reason.OWN_PROCESS,
                assertThrows(Failure.class, () -> JvmAttach.attach(own, files.resolve("agent.jar"), files, RUNDIR))
                        .reason());
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void anotherUser(Jdk jdk) throws IOException {
        assumeTrue(Caller.daemon().uid() == 0);
        try (Target target = asNobody(jdk)) {
            Attached attached = attach(target, files);
            assertFalse(attached.copied());
            target.awaitOutput(STORY + files + ".");
            assertUnharmed(target);
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void filesThatTheTargetMayNotRead(Jdk jdk, @TempDir Path secret) throws IOException {
        assumeTrue(Caller.daemon().uid() == 0);
        copyFiles(secret);
        try (Target target = asNobody(jdk)) {
            List<Path> before = leftovers(target);
            Attached attached = attach(target, secret);
            assertTrue(attached.copied());
            target.awaitOutput(STORY + "/tmp/.dyntrace-");
            assertEquals(before, leftovers(target));
            assertUnharmed(target);
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void anotherMountNamespace(Jdk jdk, @TempDir Path hidden) throws IOException {
        assumeTrue(Caller.daemon().uid() == 0);
        copyFiles(hidden);
        // Other files of the same names are there instead.
        String decoys = "mkdir -p " + hidden + " && echo decoy >" + hidden + "/agent.jar && chmod -R a+rX " + hidden;
        try (Target target = Target.start(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount -t tmpfs none /tmp && " + decoys
                        + " && exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"",
                "sh",
                jdk.java(),
                "-cp",
                files,
                "Program")) {
            target.awaitOutput("ready");
            assertTrue(JvmAttach.isJvm(target.process()));
            assertTrue(attach(target, hidden).copied());
            target.awaitOutput(STORY + "/tmp/.dyntrace-");
            assertEquals(List.of(), leftovers(target));
            assertUnharmed(target);
        }
    }

    /** No library can be loaded from a /tmp that is mounted noexec. */
    @Test
    void aTmpWithoutExecution(@TempDir Path hidden) throws IOException {
        assumeTrue(Caller.daemon().uid() == 0);
        copyFiles(hidden);
        try (Target target = Target.start(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount -t tmpfs -o noexec none /tmp && exec \"$@\"",
                "sh",
                Jdk.own().java(),
                "-cp",
                files,
                "Program")) {
            target.awaitOutput("ready");
            assertTrue(attach(target, hidden).copied());
            target.awaitOutput(STORY + "/var/tmp/.dyntrace-");
            assertEquals(List.of(), leftovers(target));
        }
    }

    /** As in a container without privileges: its root is nobody outside, its pids are its own, and the run directory is out of sight. */
    @ParameterizedTest
    @MethodSource("jdks")
    void aContainer(Jdk jdk, @TempDir Path hidden) throws Exception {
        assumeTrue(Caller.daemon().uid() == 0);
        copyFiles(hidden);
        Path rundir = hidden.resolve("run");
        Files.createDirectory(Path.of(rundir + ".agents"));
        Outposts outposts = new Outposts();
        try (Target outer = container(jdk);
                ServerSocketChannel usual = listen(Path.of(rundir + ".agents/link.sock"))) {
            ProcessId process = child(outer);
            Attached attached =
                    JvmAttach.attach(process, hidden.resolve("agent.jar"), hidden, rundir.toString(), outposts);
            assertTrue(attached.copied());
            outer.awaitOutput("agent of link /tmp/.dyntrace-");
            outposts.takeHello();
            try (Stream<Path> left = Files.list(Path.of("/proc/" + process.pid() + "/root/tmp"))) {
                assertEquals(
                        List.of(),
                        left.map(path -> path.getFileName().toString())
                                .filter(name -> !name.startsWith("hsperf") && !name.equals(".java_pid1"))
                                .toList());
            }
            assertFalse(outer.output().contains("Full thread dump"));
            usual.configureBlocking(false);
            assertNull(usual.accept());
        }
    }

    /** The agent itself, and the daemon's own link server. */
    @ParameterizedTest
    @MethodSource("jdks")
    void theAgentOfAContainer(Jdk jdk, @TempDir Path hidden) throws Exception {
        Path jar =
                Path.of("../agent/target/dyntrace-agent.jar").toAbsolutePath().normalize();
        Path libraries = Path.of("../natives/target/lib").toAbsolutePath().normalize();
        assumeTrue(Caller.daemon().uid() == 0 && Files.exists(jar), "no agent has been built");
        BlockingQueue<AgentLink> links = new LinkedBlockingQueue<>();
        Path rundir = hidden.resolve("run");
        try (Target outer = container(jdk);
                LinkServer server = new LinkServer(
                        Path.of(rundir + ".agents/link.sock"),
                        0,
                        org.dyntrace.daemon.access.Limits.defaults(),
                        links::add,
                        gone -> {})) {
            ProcessId process = child(outer);
            JvmAttach.attach(process, jar, libraries, rundir.toString(), server::expect);
            AgentLink link = links.poll(20, TimeUnit.SECONDS);
            assertEquals(process, link.process());
            Awaitility.await().until(() -> {
                try (Stream<Path> left = Files.list(Path.of("/proc/" + process.pid() + "/root/tmp"))) {
                    return left.noneMatch(path -> path.getFileName().toString().startsWith(".dyntrace"));
                }
            });
        }
    }

    /** A process that sees the run directory needs nothing else. */
    @Test
    void theUsualSocket() throws Exception {
        Path rundir = files.resolve("run");
        Files.createDirectory(Path.of(rundir + ".agents"));
        try (Target target = ready(Jdk.own());
                ServerSocketChannel usual = listen(Path.of(rundir + ".agents/link.sock"))) {
            JvmAttach.attach(
                    target.process(),
                    files.resolve("agent.jar"),
                    files,
                    rundir.toString(),
                    (process, socket, closed) -> {
                        throw new AssertionError("not needed");
                    });
            target.awaitOutput("agent of link " + rundir + " ");
            usual.accept().close();
        } finally {
            Target.shell("rm", "-r", rundir + ".agents");
        }
    }

    private static ServerSocketChannel listen(Path socket) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    private static Target container(Jdk jdk) {
        Target outer = Target.start(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "sh",
                "-c",
                "mount -t tmpfs none /tmp && exec \"$@\"",
                "sh",
                jdk.java(),
                "-cp",
                files,
                "Program");
        String said = outer.awaitOutput("\n");
        assumeTrue(said.contains("ready"), "no user namespaces here: " + said);
        return outer;
    }

    private static ProcessId child(Target outer) throws IOException {
        Path children = Path.of("/proc/" + outer.pid() + "/task/" + outer.pid() + "/children");
        return ProcessId.current(Integer.parseInt(Files.readString(children).trim()));
    }

    /** Waits in the target's own /tmp, as the daemon's link server does. */
    private static final class Outposts implements Outpost {
        private ServerSocketChannel channel;
        private Runnable closed;

        @Override
        public void open(ProcessId process, Path socket, Runnable whenClosed) throws IOException {
            channel = listen(socket);
            closed = whenClosed;
        }

        void takeHello() throws IOException {
            ByteBuffer hello = ByteBuffer.allocate(5);
            try (ServerSocketChannel listening = channel;
                    SocketChannel agent = listening.accept()) {
                while (hello.hasRemaining() && agent.read(hello) >= 0) {
                    continue;
                }
            }
            assertEquals("hello", new String(hello.array(), StandardCharsets.US_ASCII));
            closed.run();
        }
    }

    /** A package upgrade replaces the JDK beneath running JVMs. */
    @Test
    void aJvmWhoseFileIsDeleted() throws IOException {
        Path home = AgentFiles.directory().resolve("jdk");
        Target.shell("cp", "-rs", Jdk.own().home().toString(), home.toString());
        for (String real : List.of("bin/java", "lib/server/libjvm.so")) {
            Path file = home.resolve(real);
            Path original = file.toRealPath();
            Files.delete(file);
            Files.copy(original, file, StandardCopyOption.COPY_ATTRIBUTES);
        }
        try (Target target = Target.start(home.resolve("bin/java"), "-cp", files, "Program")) {
            target.awaitOutput("ready");
            Files.delete(home.resolve("lib/server/libjvm.so"));
            assertTrue(JvmAttach.isJvm(target.process()));
            attach(target, files);
            target.awaitOutput(STORY);
        } finally {
            // Of the links to the real one, but nothing behind them.
            Target.shell("rm", "-r", home.getParent().toString());
        }
    }

    /** A JVM that was killed leaves its socket behind, and its pid comes again. */
    @Test
    void theSocketOfAnEarlierProcess() throws IOException {
        try (Target target = ready(Jdk.own())) {
            Path socket = Path.of("/tmp/.java_pid" + target.pid());
            try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                dead.bind(UnixDomainSocketAddress.of(socket));
            }
            assertTrue(Files.exists(socket));
            assertTrue(attach(target, files).woken());
            target.awaitOutput(STORY);
            assertUnharmed(target);
        }
    }

    /** JVMs of two containers that share a /tmp may have the same pid in there. */
    @Test
    void theSocketOfAnotherProcess() throws IOException {
        try (Target target = ready(Jdk.own())) {
            Path socket = Path.of("/tmp/.java_pid" + target.pid());
            try (ServerSocketChannel others = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                others.bind(UnixDomainSocketAddress.of(socket));
                assertTrue(attach(target, files).woken());
                target.awaitOutput(STORY);
                assertUnharmed(target);
            }
        }
    }

    @Test
    void aFileOfAnotherUserThatTheJvmWouldLookAtFirst() throws IOException {
        assumeTrue(Caller.daemon().uid() == 0);
        try (Target target = asNobody(Jdk.own())) {
            // It was started in our own directory, where it may remove nothing.
            Path foreign = Files.createFile(Path.of(".attach_pid" + target.pid()));
            try {
                Failure failure = refusal(target, Reason.LOAD_FAILED);
                assertTrue(failure.getMessage().contains(foreign.toString()), failure.getMessage());
            } finally {
                Files.delete(foreign);
            }
            attach(target, files);
            target.awaitOutput(STORY);
            assertUnharmed(target);
        }
    }

    /** Someone else's files and links where ours are expected. */
    @Test
    void trapsInTheTemporaryDirectory() throws IOException {
        try (Target target = ready(Jdk.own())) {
            Path victim = Files.writeString(Files.createTempFile("dyntrace", "victim"), "precious");
            Path trigger = Path.of("/tmp/.attach_pid" + target.pid());
            Path socket = Path.of("/tmp/.java_pid" + target.pid());
            Files.createSymbolicLink(trigger, victim);
            Files.createSymbolicLink(socket, victim);
            attach(target, files);
            target.awaitOutput(STORY);
            assertEquals("precious", Files.readString(victim));
            assertFalse(Files.isSymbolicLink(socket));
            assertFalse(Files.isSymbolicLink(trigger));
            Files.delete(victim);
            assertUnharmed(target);
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aJarThatIsNone(Jdk jdk, @TempDir Path broken) throws IOException {
        copyFiles(broken);
        Path jar = broken.resolve("agent.jar");
        byte[] bytes = Files.readAllBytes(jar);
        Files.write(jar, new byte[] {1, 2, 3});
        try (Target target = ready(jdk)) {
            Failure failure = assertThrows(Failure.class, () -> attach(target, broken));
            assertEquals(Reason.AGENT_FAILED, failure.reason());
            assertTrue(failure.getMessage().contains("no agent jar"), failure.getMessage());
            Files.write(jar, bytes);
            attach(target, broken);
            target.awaitOutput(STORY);
            assertUnharmed(target);
        }
        Files.delete(jar);
        try (Target target = ready(jdk)) {
            assertEquals(
                    Reason.LOAD_FAILED,
                    assertThrows(Failure.class, () -> attach(target, broken)).reason());
            assertUnharmed(target);
        }
    }

    private static Target ready(Jdk jdk, String... flags) {
        List<Object> arguments = new ArrayList<>(List.of(flags));
        arguments.addAll(List.of("-cp", files, "Program"));
        Target target = Target.start(jdk.java(), arguments.toArray());
        target.awaitOutput("ready");
        return target;
    }

    private static Target asNobody(Jdk jdk) {
        Target target = Target.start(
                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", jdk.java(), "-cp", files, "Program");
        target.awaitOutput("ready");
        return target;
    }

    private static void copyFiles(Path to) throws IOException {
        for (String name : List.of("agent.jar", "libdyntrace-jvm.so")) {
            Files.copy(files.resolve(name), to.resolve(name));
        }
    }

    private static Attached attach(Target target, Path from) {
        return attach(target, from, RUNDIR);
    }

    private static Attached attach(Target target, Path from, String rundir) {
        return JvmAttach.attach(target.process(), from.resolve("agent.jar"), from, rundir);
    }

    private static Failure refusal(Target target, Reason reason) {
        return refusal(target, reason, Limits.USUAL);
    }

    private static Failure refusal(Target target, Reason reason, Limits limits) {
        String before = target.output();
        Failure failure = assertThrows(
                Failure.class,
                () -> JvmAttach.attach(
                        target.process(), files.resolve("agent.jar"), files, RUNDIR, Optional.empty(), limits));
        assertEquals(reason, failure.reason(), failure.getMessage());
        assertFalse(failure.hint().isBlank());
        assertTrue(target.isAlive());
        assertEquals(before, target.output());
        return failure;
    }

    private static void assertUnharmed(Target target) {
        assertTrue(target.isAlive());
        assertFalse(target.output().contains("Full thread dump"), target.output());
    }

    /** What attaching could leave behind where the target keeps its temporary files. */
    private static List<Path> leftovers(Target target) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String directory : List.of("tmp", "var/tmp", "dev/shm")) {
            try (Stream<Path> all = Files.list(Path.of("/proc/" + target.pid() + "/root", directory))) {
                all.filter(path -> path.getFileName()
                                .toString()
                                .matches("\\.(dyntrace-|attach_pid" + target.pid() + "$).*"))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }

    private static char state(Target target) {
        return org.dyntrace.daemon.proc.ProcessFacts.of(target.process()).state();
    }
}
