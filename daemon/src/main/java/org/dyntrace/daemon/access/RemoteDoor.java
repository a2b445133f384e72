package org.dyntrace.daemon.access;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * The TLS port that RMI listens on: as many connections as the limits say, and not all of them from one address, since they have
 * proved nothing yet.
 */
final class RemoteDoor extends ServerSocket {
    private static final Logger LOG = System.getLogger(RemoteDoor.class.getName());

    private final ServerSocket listening;
    private final SSLContext context;
    private final boolean certificates;
    private final Limits limits;
    private final Caller local;
    private final Map<RemoteSocket, InetAddress> connections = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor deadlines;

    /**
     * A door.
     *
     * @param listening the bound socket
     * @param context the daemon's key, and whose certificates are believed
     * @param certificates whether clients need one
     * @param limits how many, and how much
     * @param local in whose name remote requests are done
     */
    RemoteDoor(ServerSocket listening, SSLContext context, boolean certificates, Limits limits, Caller local)
            throws IOException {
        this.listening = listening;
        this.context = context;
        this.certificates = certificates;
        this.limits = limits;
        this.local = local;
        this.deadlines = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "remote deadlines");
            thread.setDaemon(true);
            return thread;
        });
        deadlines.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Socket accept() throws IOException {
        while (true) {
            Socket plain = listening.accept();
            InetAddress address = plain.getInetAddress();
            long own = connections.values().stream().filter(address::equals).count();
            if (connections.size() >= limits.remoteConnections() || own >= (limits.remoteConnections() + 1) / 2) {
                LOG.log(
                        Level.WARNING,
                        "{0} has to wait: {1} remote connections, {2} of them its own",
                        address.getHostAddress(),
                        connections.size(),
                        own);
                plain.close();
                continue;
            }
            try {
                SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, null, true);
                tls.setUseClientMode(false);
                tls.setNeedClientAuth(certificates);
                RemoteSocket remote = new RemoteSocket(plain, tls, limits, local, deadlines);
                connections.put(remote, address);
                remote.onClose(() -> connections.remove(remote));
                return remote;
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "connection lost", e);
                plain.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (RemoteSocket socket : connections.keySet()) {
            socket.close();
        }
        deadlines.shutdown();
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
