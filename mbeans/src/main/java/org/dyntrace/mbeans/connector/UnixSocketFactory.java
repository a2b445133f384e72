package org.dyntrace.mbeans.connector;

import java.io.IOException;
import java.io.Serializable;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.rmi.server.RMIClientSocketFactory;
import java.time.Duration;

/** Connects RMI to a Unix socket. It travels inside the daemon's stub, so its serialised form is part of the contract. */
public final class UnixSocketFactory implements RMIClientSocketFactory, Serializable {
    private static final long serialVersionUID = 1L;

    /** How long a daemon that accepts may take to greet; one that is stopped never does. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** The socket's path. */
    private final String path;

    /**
     * A factory for one socket.
     *
     * @param path the socket's absolute path
     */
    public UnixSocketFactory(String path) {
        this.path = path;
    }

    /**
     * Connects.
     *
     * @param host ignored
     * @param port ignored
     * @return the connected socket
     * @throws IOException when nobody answers in ten seconds or the daemon refuses; then {@link
     *     org.dyntrace.mbeans.Failure#fromWire} finds the reason in it
     */
    @Override
    public Socket createSocket(String host, int port) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Deadline deadline = new Deadline(PATIENCE, channel);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            UnixSocket socket = new UnixSocket(channel);
            Greeting.read(socket.getInputStream());
            return socket;
        } catch (IOException e) {
            channel.close();
            throw e;
        } finally {
            deadline.met();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UnixSocketFactory factory && factory.path.equals(path);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }
}
