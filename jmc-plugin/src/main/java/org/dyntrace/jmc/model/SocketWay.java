package org.dyntrace.jmc.model;

import java.io.IOException;
import java.util.function.Supplier;
import javax.management.MBeanServerConnection;
import org.dyntrace.mbeans.ObjectNames;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;

/** To a daemon of this machine, by its Unix socket; to the next one when it is gone. */
public final class SocketWay implements Way {
    private final Supplier<RunDirectory> directory;
    private DaemonConnection connection;
    private boolean closed;

    /**
     * Not connected yet.
     *
     * @param directory finds the daemon's run directory, each time anew
     */
    public SocketWay(Supplier<RunDirectory> directory) {
        this.directory = directory;
    }

    @Override
    public synchronized MBeanServerConnection connect() throws IOException {
        if (closed) {
            throw new IOException("nobody waits for the answer");
        }
        if (connection == null || !answers(connection)) {
            disconnect();
            connection = DaemonConnection.open(directory.get());
        }
        return connection.server();
    }

    private static boolean answers(DaemonConnection connection) {
        try {
            return connection.server().isRegistered(ObjectNames.daemon());
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public boolean findsAnother() {
        return true;
    }

    private void disconnect() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        disconnect();
    }
}
