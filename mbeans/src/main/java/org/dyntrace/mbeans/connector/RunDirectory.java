package org.dyntrace.mbeans.connector;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Where a daemon and everything that talks to it meet.
 *
 * @param path the directory, absolute; root:dyntrace 0750 for the machine's daemon
 */
public record RunDirectory(Path path) {
    /** The machine's daemon, run by root. */
    public static final Path SYSTEM = Path.of("/run/dyntrace");

    private static final String VARIABLE = "DYNTRACE_RUNDIR";
    private static final String OWN_NAME = "dyntrace";

    /** The longest path of a Unix socket in bytes, without the final zero. */
    private static final int SOCKET_PATH_MAX = 107;

    /**
     * Makes the path absolute.
     *
     * @throws Failure RUNDIR when its sockets would have names that are too long for the kernel
     */
    public RunDirectory {
        path = path.toAbsolutePath().normalize();
        int longest = (path + ".agents/link.sock").getBytes(StandardCharsets.UTF_8).length;
        if (longest > SOCKET_PATH_MAX) {
            throw new Failure(
                    Reason.RUNDIR,
                    "The run directory's path " + path + " is too long for a Unix socket.",
                    "Choose one of at most " + (SOCKET_PATH_MAX - ".agents/link.sock".length()) + " bytes.");
        }
    }

    /**
     * Finds the run directory for a daemon.
     *
     * @param option what --rundir said
     * @param user whether --user was given
     * @return the option; else, with --user, the user's own; else DYNTRACE_RUNDIR; else {@link #SYSTEM} for root and the user's
     *     own for others
     * @throws Failure RUNDIR when the user has no runtime directory
     */
    public static RunDirectory forDaemon(Optional<Path> option, boolean user) {
        return forDaemon(option, user, System::getenv);
    }

    static RunDirectory forDaemon(Optional<Path> option, boolean user, UnaryOperator<String> environment) {
        return chosen(option, user, environment)
                .orElseGet(() -> uid() == 0 ? new RunDirectory(SYSTEM) : new RunDirectory(own(environment)));
    }

    /**
     * Finds the run directory for a client.
     *
     * @param option what --rundir said
     * @param user whether --user was given
     * @return the option; else, with --user, the user's own; else DYNTRACE_RUNDIR; else the user's own if a daemon answers there
     *     and the user isn't root; else {@link #SYSTEM}
     * @throws Failure RUNDIR when the user has no runtime directory
     */
    public static RunDirectory forClient(Optional<Path> option, boolean user) {
        return forClient(option, user, System::getenv);
    }

    static RunDirectory forClient(Optional<Path> option, boolean user, UnaryOperator<String> environment) {
        return chosen(option, user, environment)
                .or(() -> uid() == 0
                        ? Optional.empty()
                        : runtimeDirectory(environment).map(RunDirectory::new).filter(RunDirectory::answers))
                .orElseGet(() -> new RunDirectory(SYSTEM));
    }

    private static Optional<RunDirectory> chosen(
            Optional<Path> option, boolean user, UnaryOperator<String> environment) {
        if (option.isPresent()) {
            return option.map(RunDirectory::new);
        }
        if (user) {
            return Optional.of(new RunDirectory(own(environment)));
        }
        return Optional.ofNullable(environment.apply(VARIABLE))
                .filter(value -> !value.isEmpty())
                .map(value -> new RunDirectory(Path.of(value)));
    }

    private static Path own(UnaryOperator<String> environment) {
        return runtimeDirectory(environment)
                .orElseThrow(() -> new Failure(
                        Reason.RUNDIR,
                        "You have no runtime directory: XDG_RUNTIME_DIR is not set.",
                        "Set it, or name a directory of yours with --rundir."));
    }

    private static Optional<Path> runtimeDirectory(UnaryOperator<String> environment) {
        String value = environment.apply("XDG_RUNTIME_DIR");
        Path directory = value == null || value.isEmpty() ? Path.of("/run/user/" + uid()) : Path.of(value);
        return Files.isDirectory(directory) ? Optional.of(directory.resolve(OWN_NAME)) : Optional.empty();
    }

    /** The effective user id of this process, which the kernel gives its directory in /proc. */
    private static long uid() {
        try {
            return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue() & 0xffffffffL;
        } catch (IOException e) {
            throw new Failure(Reason.INTERNAL, "/proc/self can't be read.", "Mount /proc.", e);
        }
    }

    private boolean answers() {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** {@return the Unix socket of the JMX connector} */
    public Path socket() {
        return path.resolve("jmx.sock");
    }

    /** {@return the file with the RMI stub of the JMX connector, in base64} */
    public Path stub() {
        return path.resolve("jmx.stub");
    }

    /** {@return the file that the running daemon has locked} */
    public Path lock() {
        return path.resolve("lock");
    }

    /** {@return the daemon's log} */
    public Path log() {
        return path.resolve("log");
    }

    /** {@return the directory beside it where agents meet the daemon, which every user's programs can reach} */
    public Path agents() {
        return path.resolveSibling(path.getFileName() + ".agents");
    }

    /** {@return the Unix socket of the agent link} */
    public Path linkSocket() {
        return agents().resolve("link.sock");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
