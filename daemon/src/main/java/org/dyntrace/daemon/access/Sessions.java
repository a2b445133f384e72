package org.dyntrace.daemon.access;

import java.io.IOException;
import java.rmi.MarshalledObject;
import java.rmi.server.RMIClientSocketFactory;
import java.rmi.server.RMIServerSocketFactory;
import java.rmi.server.UnicastRemoteObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.remote.rmi.RMIConnection;
import javax.management.remote.rmi.RMIConnectionImpl;
import javax.management.remote.rmi.RMIJRMPServerImpl;
import javax.security.auth.Subject;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * The JDK's RMI side of a JMX connector, with a filter of ours on all that it reads, a bounded number of sessions, and a view of
 * the MBean server for each session that knows who has opened it.
 */
final class Sessions extends RMIJRMPServerImpl {
    /** How many MBeans one session may listen to. */
    private static final int LISTENERS_MAX = 10_000;

    /** What the session sees that this thread opens. */
    private static final ThreadLocal<MBeanServer> OPENING = new ThreadLocal<>();

    private final MBeanServer server;
    private final int port;
    private final RMIClientSocketFactory clients;
    private final RMIServerSocketFactory door;
    private final Map<String, ?> environment;
    private final Limits limits;
    private final Function<Subject, Right> rights;
    private final RequestFilter filter;
    private final Map<RMIConnection, Caller> open = new ConcurrentHashMap<>();

    /**
     * What a session may do, and in whose name.
     *
     * @param caller who has opened it
     * @param changes whether it may change anything
     */
    record Right(Caller caller, boolean changes) {}

    /**
     * Not open yet.
     *
     * @param server all MBeans; sessions get a view of them
     * @param port for RMI
     * @param clients how clients connect
     * @param door where they come in
     * @param environment of the connector
     * @param limits numbers and sizes
     * @param rights who a new session is, from whom its authentication has told, on the thread that has read the request
     */
    Sessions(
            MBeanServer server,
            int port,
            RMIClientSocketFactory clients,
            RMIServerSocketFactory door,
            Map<String, ?> environment,
            Limits limits,
            Function<Subject, Right> rights)
            throws IOException {
        super(port, clients, door, environment);
        this.server = server;
        this.port = port;
        this.clients = clients;
        this.door = door;
        this.environment = environment;
        this.limits = limits;
        this.rights = rights;
        this.filter = new RequestFilter(limits.requestBytes());
    }

    @Override
    protected void export() throws IOException {
        UnicastRemoteObject.exportObject(this, port, clients, door, filter);
    }

    /** A session asks for its server once, when it is made. */
    @Override
    public MBeanServer getMBeanServer() {
        MBeanServer own = OPENING.get();
        return own == null ? super.getMBeanServer() : own;
    }

    @Override
    protected RMIConnection makeClient(String id, Subject subject) throws IOException {
        Right right = rights.apply(subject);
        Caller caller = right.caller();
        long own = open.values().stream()
                .filter(other -> other.uid() == caller.uid() && other.remote().equals(caller.remote()))
                .count();
        if (open.size() >= limits.connections() || (caller.uid() != 0 && own >= limits.connectionsPerUser())) {
            throw new IOException(new Failure(
                            Reason.DAEMON_BUSY,
                            "The daemon has too many sessions (" + own + " of yours).",
                            "Close some, or try again in two minutes: it forgets those whose clients are gone.")
                    .toWire());
        }
        OPENING.set(Guard.of(server, right));
        RMIConnection session;
        try {
            session = new Session(id, subject);
        } finally {
            OPENING.remove();
        }
        UnicastRemoteObject.exportObject(session, port, clients, door, filter);
        open.put(session, caller);
        return session;
    }

    @Override
    protected void closeClient(RMIConnection client) throws IOException {
        open.remove(client);
        super.closeClient(client);
    }

    /** One client's. */
    private final class Session extends RMIConnectionImpl {
        private final AtomicInteger listeners = new AtomicInteger();

        Session(String id, Subject subject) {
            super(Sessions.this, id, getDefaultClassLoader(), subject, environment);
        }

        @Override
        @SuppressWarnings("rawtypes") // as the JDK declares it
        public Integer[] addNotificationListeners(ObjectName[] names, MarshalledObject[] filters, Subject[] subjects)
                throws InstanceNotFoundException, IOException {
            if (listeners.addAndGet(names.length) > LISTENERS_MAX) {
                listeners.addAndGet(-names.length);
                throw new IllegalStateException(new Failure(
                                Reason.TOO_MANY,
                                "A session can listen to " + LISTENERS_MAX + " MBeans.",
                                "Listen to the daemon's: it tells of all processes and tracepoints.")
                        .toWire());
            }
            return super.addNotificationListeners(names, filters, subjects);
        }

        @Override
        public void removeNotificationListeners(ObjectName name, Integer[] ids, Subject subject)
                throws InstanceNotFoundException, javax.management.ListenerNotFoundException, IOException {
            super.removeNotificationListeners(name, ids, subject);
            listeners.addAndGet(-ids.length);
        }

        /** MBeans that listen to others would stay when the session ends. */
        @Override
        @SuppressWarnings("rawtypes") // as the JDK declares it
        public void addNotificationListener(
                ObjectName name,
                ObjectName listener,
                MarshalledObject filter,
                MarshalledObject handback,
                Subject subject) {
            throw new SecurityException(new Failure(
                            Reason.NOT_PERMITTED,
                            "MBeans can't be told to listen to others.",
                            "Listen from the client.")
                    .toWire());
        }
    }
}
