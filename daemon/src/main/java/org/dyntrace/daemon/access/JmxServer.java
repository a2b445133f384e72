package org.dyntrace.daemon.access;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.dyntrace.mbeans.connector.UnixSocketFactory;

/**
 * The JMX connector: the JDK's, over RMI, on a Unix socket in the run directory. Nothing listens on TCP.
 *
 * <p>A peer is admitted by what the kernel says of it ({@link AccessRule}); the MBeans learn who called from {@link
 * Caller#current()}.
 */
public final class JmxServer implements AutoCloseable {
    /** RMI wants one. With 0 it would ask the socket which it got. */
    static final int PORT = 1;

    private final RMIConnectorServer connector;
    private final Door door;
    private final RunDirectory directory;

    private JmxServer(RMIConnectorServer connector, Door door, RunDirectory directory) {
        this.connector = connector;
        this.door = door;
        this.directory = directory;
    }

    /**
     * Opens the connector and writes the stub that clients need.
     *
     * @param server what callers see; they can change only MBeans of the domain dyntrace
     * @param directory the run directory, which exists and belongs to this daemon alone (the caller holds its lock)
     * @param rule who may call
     * @param limits how many, and how much
     * @return the running connector
     * @throws Failure RUNDIR when the socket or the stub can't be made
     */
    public static JmxServer start(MBeanServer server, RunDirectory directory, AccessRule rule, Limits limits) {
        if (System.getProperty("java.rmi.server.hostname") == null) {
            // Else RMI looks up the machine's name, which may take seconds, for a stub that does without.
            System.setProperty("java.rmi.server.hostname", "localhost");
        }
        try {
            Door door = Door.open(directory.socket(), rule, limits);
            try {
                Sessions rmi = new Sessions(
                        server,
                        PORT,
                        new UnixSocketFactory(directory.socket().toString()),
                        port -> door,
                        Map.of(),
                        limits,
                        nobodySendsCredentials -> new Sessions.Right(Caller.marked(), true));
                RMIConnectorServer connector = new RMIConnectorServer(
                        new JMXServiceURL("service:jmx:rmi://"), Map.of(), rmi, Guard.of(server));
                connector.start();
                write(rmi.toStub(), directory.stub(), rule);
                return new JmxServer(connector, door, directory);
            } catch (IOException | RuntimeException e) {
                door.close();
                throw e;
            }
        } catch (IOException e) {
            throw new Failure(
                    Reason.RUNDIR,
                    "The JMX socket can't be opened in " + directory + ": " + e.getMessage() + ".",
                    "Make the directory writable for the daemon, or choose another with --rundir.",
                    e);
        }
    }

    /** Writes it under another name first: a client reads the old stub or the new one, never half of one. */
    private static void write(Object stub, Path file, AccessRule rule) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(stub);
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
        Files.writeString(fresh, Base64.getEncoder().encodeToString(bytes.toByteArray()) + "\n");
        rule.give(fresh);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r-----"));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** {@return how many connections are open} */
    public int connections() {
        return door.connections();
    }

    /** Hangs up on everybody and takes the socket and the stub away. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(directory.stub());
            Files.deleteIfExists(directory.socket());
            connector.stop();
            door.close();
        } catch (IOException e) {
            System.getLogger(JmxServer.class.getName()).log(System.Logger.Level.DEBUG, "closing the connector", e);
        }
    }
}
