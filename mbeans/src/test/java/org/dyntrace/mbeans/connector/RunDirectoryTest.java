package org.dyntrace.mbeans.connector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    private static final Path OPTION = Path.of("/o");

    @TempDir
    Path runtime;

    private RunDirectory client(Optional<Path> option, boolean user, Map<String, String> environment) {
        return RunDirectory.forClient(option, user, environment::get);
    }

    @Test
    void theOptionWinsThenUserThenTheVariable() {
        Map<String, String> both = Map.of("DYNTRACE_RUNDIR", "/v", "XDG_RUNTIME_DIR", runtime.toString());
        assertEquals(OPTION, client(Optional.of(OPTION), true, both).path());
        assertEquals(
                runtime.resolve("dyntrace"),
                client(Optional.empty(), true, both).path());
        assertEquals(Path.of("/v"), client(Optional.empty(), false, both).path());
        assertEquals(
                Path.of("/v"),
                RunDirectory.forDaemon(Optional.empty(), false, both::get).path());
    }

    @Test
    void withoutAnyTheMachinesDaemonUnlessTheUsersOwnAnswers() throws Exception {
        Map<String, String> environment = Map.of("XDG_RUNTIME_DIR", runtime.toString());
        assertEquals(
                RunDirectory.SYSTEM,
                client(Optional.empty(), false, environment).path());
        Path own = Files.createDirectory(runtime.resolve("dyntrace"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(own.resolve("jmx.sock")));
            boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
            assertEquals(
                    root ? RunDirectory.SYSTEM : own,
                    client(Optional.empty(), false, environment).path());
        }
        // a socket that a killed daemon has left is no answer
        assertEquals(
                RunDirectory.SYSTEM,
                client(Optional.empty(), false, environment).path());
    }

    @Test
    void theAgentsMeetBesideIt() {
        RunDirectory directory = new RunDirectory(Path.of("/run/dyntrace"));
        assertEquals(Path.of("/run/dyntrace.agents/link.sock"), directory.linkSocket());
        assertEquals(Path.of("/run/dyntrace/jmx.sock"), directory.socket());
    }

    @Test
    void aPathThatNoSocketCanHaveIsRefused() {
        Path tooLong = Path.of("/" + "x".repeat(100));
        assertEquals(
                Reason.RUNDIR,
                assertThrows(Failure.class, () -> new RunDirectory(tooLong)).reason());
    }
}
