package org.dyntrace.daemon.access;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.connector.Greeting;

/**
 * The Unix socket that RMI listens on. Each comer is looked at before RMI sees a byte of his; who may not enter, or has too many
 * connections, is told so.
 */
final class Door extends ServerSocket {
    private static final Logger LOG = System.getLogger(Door.class.getName());

    private static final int BACKLOG = 128;

    private final UnixServerSocketChannel listening;
    private final AccessRule rule;
    private final Limits limits;
    private final Map<PeerSocket, Boolean> connections = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private Door(UnixServerSocketChannel listening, AccessRule rule, Limits limits) throws IOException {
        this.listening = listening;
        this.rule = rule;
        this.limits = limits;
    }

    /**
     * Opens the door.
     *
     * @param path the socket; an old one is replaced
     * @param rule who may enter
     * @param limits RMI gives each connection a thread of its own, so their number has to end somewhere
     */
    static Door open(Path path, AccessRule rule, Limits limits) throws IOException {
        Files.deleteIfExists(path);
        UnixServerSocketChannel listening = UnixServerSocketChannel.open();
        try {
            listening.socket().bind(new UnixSocketAddress(path.toFile()), BACKLOG);
            rule.give(path);
            // Before this, the rights of the directory keep others away, and the rule does in any case.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
            return new Door(listening, rule, limits);
        } catch (IOException e) {
            listening.close();
            throw e;
        }
    }

    @Override
    public Socket accept() throws IOException {
        while (true) {
            UnixSocketChannel channel = listening.accept();
            if (closed) {
                channel.close();
                throw new SocketException("closed");
            }
            try {
                PeerSocket socket = new PeerSocket(channel, limits);
                if (admits(socket)) {
                    return socket;
                }
            } catch (IOException e) {
                // A peer that has hung up already must not keep the next one out.
                LOG.log(Level.DEBUG, "connection lost", e);
                channel.close();
            }
        }
    }

    private boolean admits(PeerSocket socket) throws IOException {
        Caller peer = socket.peer();
        if (!rule.permits(peer)) {
            Audit.refused(peer, "connect");
            return refuses(
                    socket,
                    new Failure(
                            Reason.NOT_PERMITTED,
                            "User " + peer.uid() + " may not use this daemon.",
                            "Ask an administrator for membership in its group ('usermod -aG " + AccessRule.GROUP
                                    + " USER', then log in again), "
                                    + "or run one for your own processes: dyntraced --user --daemonize."));
        }
        long own = connections.keySet().stream()
                .filter(other -> other.peer().uid() == peer.uid())
                .count();
        if (connections.size() >= limits.connections() || (peer.uid() != 0 && own >= limits.connectionsPerUser())) {
            LOG.log(Level.WARNING, "{0} has {1} connections of {2}", peer, own, connections.size());
            return refuses(
                    socket,
                    new Failure(
                            Reason.DAEMON_BUSY,
                            "The daemon has too many connections (" + own + " of yours).",
                            "Close some, or try again later."));
        }
        connections.put(socket, true);
        socket.onClose(() -> connections.remove(socket));
        try {
            socket.getOutputStream().write(Greeting.welcome());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return true;
    }

    private static boolean refuses(PeerSocket socket, Failure failure) throws IOException {
        socket.getOutputStream().write(Greeting.refusal(failure));
        socket.close();
        return false;
    }

    /** {@return how many connections are open} */
    int connections() {
        return connections.size();
    }

    /** Hangs up on everybody and closes. */
    @Override
    public void close() throws IOException {
        closed = true;
        Libc.wake(listening.getFD());
        listening.close();
        for (PeerSocket socket : connections.keySet()) {
            socket.close();
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public int getLocalPort() {
        return JmxServer.PORT;
    }

    @Override
    public InetAddress getInetAddress() {
        return null;
    }
}
