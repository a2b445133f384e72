package org.dyntrace.mbeans.connector;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.management.InstanceNotFoundException;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.rmi.RMIServer;
import org.dyntrace.mbeans.DaemonMXBean;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.ObjectNames;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.Reason;

/** A client's connection to a daemon: the JDK's JMX connector, over the daemon's Unix socket. */
public final class DaemonConnection implements AutoCloseable {
    /** What a stub consists of; anything else in the file is not read. */
    private static final ObjectInputFilter STUB = ObjectInputFilter.Config.createFilter(
            "maxbytes=65536;maxdepth=20;java.rmi.**;javax.management.remote.rmi.*;java.lang.reflect.Proxy;"
                    + "org.dyntrace.mbeans.connector.UnixSocketFactory;!*");

    private final JMXConnector connector;
    private final MBeanServerConnection server;

    private DaemonConnection(JMXConnector connector, MBeanServerConnection server) {
        this.connector = connector;
        this.server = server;
    }

    /**
     * Connects to a daemon.
     *
     * @param directory its run directory
     * @return the connection
     * @throws Failure NO_DAEMON when nothing answers; NOT_PERMITTED when the daemon or the directory's rights refuse the caller
     */
    public static DaemonConnection open(Path directory) {
        return open(new RunDirectory(directory));
    }

    /**
     * Connects to a daemon.
     *
     * @param directory its run directory
     * @return the connection
     * @throws Failure as {@link #open(Path)}
     */
    public static DaemonConnection open(RunDirectory directory) {
        try {
            JMXConnector connector = connector(directory);
            // No heartbeat: the kernel tells at once when the daemon is gone.
            connector.connect(Map.of("jmx.remote.x.client.connection.check.period", 0L));
            return new DaemonConnection(connector, connector.getMBeanServerConnection());
        } catch (IOException | RuntimeException e) {
            throw cannotConnect(directory, e);
        }
    }

    /** A connector that is not connected yet. */
    static JMXConnector connector(RunDirectory directory) {
        if (System.getProperty("java.rmi.server.hostname") == null) {
            // RMI would look up the machine's name, which may take seconds, to tell it to who doesn't care.
            System.setProperty("java.rmi.server.hostname", "localhost");
        }
        try {
            return new UnixConnector(stub(directory));
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            throw cannotConnect(directory, e);
        }
    }

    private static RMIServer stub(RunDirectory directory) throws IOException, ClassNotFoundException {
        byte[] bytes = Base64.getMimeDecoder().decode(Files.readAllBytes(directory.stub()));
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            in.setObjectInputFilter(STUB);
            return (RMIServer) in.readObject();
        }
    }

    private static Failure cannotConnect(RunDirectory directory, Exception thrown) {
        if (thrown instanceof Failure known) {
            return known;
        }
        Optional<Failure> refused = Failure.fromWire(thrown);
        if (refused.isPresent()) {
            return refused.get();
        }
        if (holds(thrown, AccessDeniedException.class) || !reachable(directory)) {
            return new Failure(
                    Reason.NOT_PERMITTED,
                    "You may not use the daemon in " + directory + ".",
                    "Ask an administrator for membership in its group ('usermod -aG dyntrace USER', then log in again), "
                            + "or run one for your own processes: dyntraced --user --daemonize.",
                    thrown);
        }
        if (holds(thrown, AsynchronousCloseException.class)) {
            return new Failure(
                    Reason.NO_DAEMON,
                    "The daemon in " + directory + " does not answer.",
                    "It may be stopped or overloaded; look at " + directory.log() + ".",
                    thrown);
        }
        return new Failure(
                Reason.NO_DAEMON,
                "No daemon answers in " + directory + ".",
                "Start it: dyntraced --daemonize" + option(directory) + ".",
                thrown);
    }

    private static String option(RunDirectory directory) {
        return directory.path().equals(RunDirectory.SYSTEM) ? " (as root)" : " --rundir " + directory;
    }

    /** False when a daemon's files are there, but the kernel keeps the caller away from them. */
    private static boolean reachable(RunDirectory directory) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(directory.socket()))) {
            return channel.isConnected();
        } catch (IOException e) {
            try {
                Files.readAttributes(directory.socket(), "unix:mode");
                return Files.isWritable(directory.socket());
            } catch (NoSuchFileException missing) {
                return true;
            } catch (AccessDeniedException denied) {
                return false;
            } catch (IOException other) {
                return true;
            }
        }
    }

    private static boolean holds(Throwable thrown, Class<? extends Throwable> kind) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (kind.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    /** {@return the daemon's MBean server, for what has no method here} */
    public MBeanServerConnection server() {
        return server;
    }

    /** {@return the daemon's MBean; its methods throw what {@link #failure} explains} */
    public DaemonMXBean daemon() {
        return JMX.newMXBeanProxy(server, ObjectNames.daemon(), DaemonMXBean.class);
    }

    /**
     * A process' MBean.
     *
     * @param pid its pid
     * @return its MBean, whose methods throw what {@link #failure} explains
     */
    public ProcessMXBean process(long pid) {
        return JMX.newMXBeanProxy(server, ObjectNames.process(pid), ProcessMXBean.class);
    }

    /**
     * Explains what a call over this connection threw.
     *
     * @param thrown the exception
     * @return the daemon's failure; PROCESS_GONE when the MBean is no more, NO_DAEMON when the connection broke, INTERNAL for
     *     everything else
     */
    public static Failure failure(Throwable thrown) {
        if (thrown instanceof Failure failure) {
            return failure;
        }
        Optional<Failure> sent = Failure.fromWire(thrown);
        if (sent.isPresent()) {
            return sent.get();
        }
        if (holds(thrown, InstanceNotFoundException.class)) {
            return new Failure(
                    Reason.PROCESS_GONE,
                    "The process has ended, or the daemon does not know it any more.",
                    "See 'dyntrace list-processes'.",
                    thrown);
        }
        if (thrown instanceof IOException
                || (thrown instanceof UndeclaredThrowableException && thrown.getCause() instanceof IOException)) {
            return new Failure(
                    Reason.NO_DAEMON,
                    "The connection to the daemon broke.",
                    "See whether it still runs, and its log in the run directory.",
                    thrown);
        }
        return new Failure(
                Reason.INTERNAL,
                "A fault of dyntrace itself: " + thrown + ".",
                "Please report it with the daemon's log.",
                thrown);
    }

    /** Disconnects. That the daemon is gone already is no error. */
    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            // Nothing is left to close.
        }
    }
}
