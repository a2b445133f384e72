package org.dyntrace.daemon.inject;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * The LTTng session daemons that a process would register with: that of root serves everybody, others serve their own user. They
 * are looked for where the process itself would find them, in its own mount namespace.
 */
final class SessionDaemons {
    private static final Path OF_ROOT = Path.of("/run/lttng/lttng-ust-sock-8");
    private static final String OF_USER = ".lttng/lttng-ust-sock-8";

    private SessionDaemons() {}

    /** Refuses a process that none would serve. */
    static void check(ProcessId process) {
        Path root = Path.of(process.directory(), "root");
        if (Stream.concat(Stream.of(OF_ROOT), ofUser(process))
                .map(socket -> root.resolve(socket.toString().substring(1)))
                .anyMatch(SessionDaemons::listens)) {
            return;
        }
        if (listens(OF_ROOT)) {
            throw new Failure(
                    Reason.LTTNG_MISSING,
                    "Process " + process.pid() + " sees no LTTng session daemon: it lives in another mount namespace.",
                    "Mount " + OF_ROOT.getParent() + " there, or use the tracer log or count.");
        }
        throw new Failure(
                Reason.LTTNG_NO_SESSIOND,
                "No LTTng session daemon runs that process " + process.pid() + " would send its events to.",
                "Start one with 'lttng-sessiond --daemonize' (Debian package lttng-tools), then create a session: "
                        + "lttng create; lttng enable-event -u 'dyntrace_lttng:*'; lttng start.");
    }

    private static Stream<Path> ofUser(ProcessId process) {
        try {
            String environment = Files.readString(Path.of(process.directory(), "environ"), StandardCharsets.ISO_8859_1);
            return Arrays.stream(environment.split("\0"))
                    .filter(variable -> variable.startsWith("HOME=/") || variable.startsWith("LTTNG_HOME=/"))
                    .map(variable -> Path.of(variable.substring(variable.indexOf('=') + 1), OF_USER))
                    .toList()
                    .stream();
        } catch (IOException | InvalidPathException none) {
            return Stream.empty();
        }
    }

    /**
     * Whether somebody serves a socket: the file stays when a session daemon is killed. The path may be any user's, so nothing
     * at it is opened, and nobody there can hold us up.
     */
    private static boolean listens(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return true;
        } catch (IOException refused) {
            return isFull(refused);
        }
    }

    /** Its queue is, that is, or the path too long for a socket's name: somebody may well be there. */
    private static boolean isFull(IOException refused) {
        String why = String.valueOf(refused.getMessage());
        return why.contains("temporarily unavailable") || why.contains("too long");
    }
}
