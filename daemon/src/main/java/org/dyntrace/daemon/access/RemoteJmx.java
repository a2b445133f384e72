package org.dyntrace.daemon.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.rmi.NotBoundException;
import java.rmi.RemoteException;
import java.rmi.registry.LocateRegistry;
import java.rmi.registry.Registry;
import java.rmi.server.RMIServerSocketFactory;
import java.rmi.server.UnicastRemoteObject;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXPrincipal;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.rmi.ssl.SslRMIClientSocketFactory;
import javax.security.auth.Subject;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * The JDK's JMX connector over TLS, for clients on other machines: {@code HOST:PORT} in JConsole, Mission Control and others. Only
 * where the settings ask for it. A client proves its name by a certificate or a password; the access file says whether the name may
 * look only, or change tracepoints, too.
 */
public final class RemoteJmx implements AutoCloseable {
    private static final String NAME = "jmxrmi";
    private static final int BACKLOG = 32;

    private final RMIConnectorServer connector;
    private final Registry registry;
    private final RemoteDoor door;

    private RemoteJmx(RMIConnectorServer connector, Registry registry, RemoteDoor door) {
        this.connector = connector;
        this.registry = registry;
        this.door = door;
    }

    /**
     * Opens the port.
     *
     * @param server what callers see; they can change only MBeans of the domain dyntrace
     * @param settings where, and who may come
     * @param limits how many, and how much
     * @return the running connector
     * @throws Failure BAD_REQUEST when the settings can't be used
     */
    public static RemoteJmx start(MBeanServer server, RemoteSettings settings, Limits limits) {
        PrivateFile.checkUnchanged(settings.access());
        settings.passwords().ifPresent(PrivateFile::checkSecret);
        PrivateFile.checkSecret(settings.keystore());
        Caller local = local(settings);
        try {
            RemoteDoor door = new RemoteDoor(listen(settings), limits, local);
            try {
                return open(server, settings, limits, door);
            } catch (IOException | RuntimeException e) {
                door.close();
                throw e;
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "Port " + settings.port() + " can't be opened for remote clients: " + e.getMessage() + ".",
                    "Look at the settings that begin with 'remote.', or take them out.",
                    e);
        }
    }

    @SuppressWarnings("BanJNDI") // an export, not a look-up
    private static RemoteJmx open(MBeanServer server, RemoteSettings settings, Limits limits, RemoteDoor door)
            throws IOException {
        Map<String, Object> environment = new HashMap<>();
        settings.passwords()
                .ifPresentOrElse(
                        file -> {
                            environment.put("jmx.remote.x.password.file", file.toString());
                            environment.put("jmx.remote.x.password.toHashes", "true");
                        },
                        () -> environment.put(
                                JMXConnectorServer.AUTHENTICATOR, (JMXAuthenticator) credentials -> certified()));
        SslRMIClientSocketFactory clients = new SslRMIClientSocketFactory();
        RMIServerSocketFactory servers = port -> door;
        Sessions rmi = new Sessions(
                server,
                settings.port(),
                clients,
                servers,
                environment,
                limits,
                subject -> right(subject, settings.access()));
        RMIConnectorServer connector =
                new RMIConnectorServer(new JMXServiceURL("service:jmx:rmi://"), environment, rmi, Guard.of(server));
        Registry registry = LocateRegistry.createRegistry(settings.port(), clients, servers);
        try {
            connector.start();
            registry.rebind(NAME, rmi.toStub());
            return new RemoteJmx(connector, registry, door);
        } catch (IOException | RuntimeException e) {
            UnicastRemoteObject.unexportObject(registry, true);
            throw e;
        }
    }

    private static SSLServerSocket listen(RemoteSettings settings) throws IOException, GeneralSecurityException {
        char[] password = PrivateFile.secret(settings.keystorePassword());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keystore(settings.keystore(), password), password);
        TrustManagerFactory trusted = null;
        if (settings.truststore().isPresent()) {
            trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(keystore(
                    settings.truststore().get(),
                    PrivateFile.secret(settings.truststorePassword().orElseThrow())));
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusted == null ? null : trusted.getTrustManagers(), null);
        InetAddress address = settings.address().isPresent()
                ? InetAddress.getByName(settings.address().get())
                : null;
        SSLServerSocket socket = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(settings.port(), BACKLOG, address);
        socket.setNeedClientAuth(trusted != null);
        return socket;
    }

    private static KeyStore keystore(Path file, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }

    private static Caller local(RemoteSettings settings) {
        if (Caller.daemon().uid() != 0) {
            return Caller.daemon();
        }
        String user = settings.user().orElse("nobody");
        long[] ids = Libc.ids(user)
                .orElseThrow(() -> new Failure(
                        Reason.BAD_REQUEST,
                        "There is no user '" + user + "' on this machine.",
                        "Correct remote.user."));
        return new Caller(ids[0], ids[1], Set.of(), 0);
    }

    /** On the thread that has just read from the connection with the certificate. */
    private static Subject certified() {
        String peer = Caller.marked().remote();
        String name = peer.substring(0, peer.lastIndexOf('@'));
        if (name.isEmpty()) {
            throw new SecurityException("the certificate has no CN");
        }
        return new Subject(true, Set.of(new JMXPrincipal(name)), Set.of(), Set.of());
    }

    private static Sessions.Right right(Subject subject, Path access) {
        Caller peer = Caller.marked();
        String name = subject.getPrincipals(JMXPrincipal.class).stream()
                .findFirst()
                .map(JMXPrincipal::getName)
                .orElseThrow(() -> new SecurityException("who are you?"));
        Caller caller = new Caller(
                peer.uid(),
                peer.gid(),
                peer.groups(),
                0,
                name + peer.remote().substring(peer.remote().lastIndexOf('@')));
        String level = level(access, name);
        if (!level.equals("readonly") && !level.equals("readwrite")) {
            Audit.refused(caller, "connect");
            throw new SecurityException(new Failure(
                            Reason.NOT_PERMITTED,
                            "'" + name + "' may not use this daemon.",
                            "Ask the administrator for a line in the daemon's access file.")
                    .toWire());
        }
        return new Sessions.Right(caller, level.equals("readwrite"));
    }

    /** Read for each session, so that a line that is taken out counts at once. */
    private static String level(Path access, String name) {
        Properties levels = new Properties();
        try (Reader reader = Files.newBufferedReader(access, StandardCharsets.UTF_8)) {
            levels.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new SecurityException("the access file can't be read", e);
        }
        return levels.getProperty(name, "").strip();
    }

    /** Hangs up on everybody and closes the port. */
    @Override
    public void close() {
        try {
            connector.stop();
            registry.unbind(NAME);
        } catch (NotBoundException | RemoteException e) {
            System.getLogger(RemoteJmx.class.getName()).log(System.Logger.Level.DEBUG, "closing", e);
        } catch (IOException e) {
            System.getLogger(RemoteJmx.class.getName()).log(System.Logger.Level.DEBUG, "stopping", e);
        }
        try {
            UnicastRemoteObject.unexportObject(registry, true);
            door.close();
        } catch (IOException e) {
            System.getLogger(RemoteJmx.class.getName()).log(System.Logger.Level.DEBUG, "closing the port", e);
        }
    }
}
