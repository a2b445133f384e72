package org.dyntrace.daemon.access;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** The TLS socket that RMI listens on: as many connections as the limits say. */
final class RemoteDoor extends ServerSocket {
    private static final Logger LOG = System.getLogger(RemoteDoor.class.getName());

    private final SSLServerSocket listening;
    private final Limits limits;
    private final Caller local;
    private final Map<RemoteSocket, Boolean> connections = new ConcurrentHashMap<>();

    /**
     * A door.
     *
     * @param listening the bound socket, which knows what certificates it wants
     * @param limits how many, and how much
     * @param local in whose name remote requests are done
     */
    RemoteDoor(SSLServerSocket listening, Limits limits, Caller local) throws IOException {
        this.listening = listening;
        this.limits = limits;
        this.local = local;
    }

    @Override
    public Socket accept() throws IOException {
        while (true) {
            SSLSocket socket = (SSLSocket) listening.accept();
            if (connections.size() >= limits.remoteConnections()) {
                LOG.log(
                        Level.WARNING,
                        "{0} has to wait: {1} remote connections",
                        socket.getInetAddress(),
                        connections.size());
                socket.close();
                continue;
            }
            try {
                RemoteSocket remote = new RemoteSocket(socket, limits, local);
                connections.put(remote, true);
                remote.onClose(() -> connections.remove(remote));
                return remote;
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "connection lost", e);
                socket.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (RemoteSocket socket : connections.keySet()) {
            socket.close();
        }
    }

    @Override
    public boolean isClosed() {
        return listening.isClosed();
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public int getLocalPort() {
        return listening.getLocalPort();
    }

    @Override
    public InetAddress getInetAddress() {
        return listening.getInetAddress();
    }
}
