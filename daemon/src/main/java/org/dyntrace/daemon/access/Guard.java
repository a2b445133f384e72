package org.dyntrace.daemon.access;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * What remote callers can reach of the MBean server: everything to read, but to change only what is in the domain dyntrace.
 *
 * <p>Without it, whoever may place tracepoints could create any MBean (javax.management.loading.MLet runs code from anywhere) or use
 * the JVM's own (HotSpotDiagnostic writes files, DiagnosticCommand loads agents) with the daemon's rights, which are root's.
 *
 * <p>It is also the one place where a {@link Failure} becomes an exception of the JDK, which every JMX client can show.
 */
final class Guard implements InvocationHandler {
    private static final Logger LOG = System.getLogger(Guard.class.getName());
    private static final String DOMAIN = "dyntrace";

    private static final Set<String> READS = Set.of(
            "getAttribute",
            "getAttributes",
            "getMBeanInfo",
            "getMBeanCount",
            "getObjectInstance",
            "getDefaultDomain",
            "getDomains",
            "isInstanceOf",
            "isRegistered",
            "queryNames",
            "queryMBeans",
            // These three are how the connector itself finds the classes of arguments.
            "getClassLoader",
            "getClassLoaderFor",
            "getClassLoaderRepository",
            "addNotificationListener",
            "removeNotificationListener");

    private static final Set<String> CHANGES = Set.of("invoke", "setAttribute", "setAttributes");

    /** JConsole's and Mission Control's pages of threads ask for these; they only look. */
    private static final Set<String> THREAD_READS = Set.of(
            "findDeadlockedThreads",
            "findMonitorDeadlockedThreads",
            "getThreadInfo",
            "getThreadCpuTime",
            "dumpAllThreads");

    private static final ObjectName THREADS = threads();

    private final MBeanServer server;
    private final boolean changes;
    private final Caller session;

    private Guard(MBeanServer server, boolean changes, Caller session) {
        this.server = server;
        this.changes = changes;
        this.session = session;
    }

    /** {@return a view for nobody: the connector itself reads what it needs} */
    static MBeanServer of(MBeanServer server) {
        return proxy(new Guard(server, false, Caller.daemon()));
    }

    /** {@return a view for a session} */
    static MBeanServer of(MBeanServer server, Sessions.Right right) {
        return proxy(new Guard(server, right.changes(), right.caller()));
    }

    private static MBeanServer proxy(Guard guard) {
        return (MBeanServer)
                Proxy.newProxyInstance(Guard.class.getClassLoader(), new Class<?>[] {MBeanServer.class}, guard);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            // The connector keeps the buffer of notifications in a map by the server.
            return ofObject(proxy, method.getName(), arguments);
        }
        Caller caller = caller();
        if (!permits(method.getName(), arguments)) {
            Audit.refused(caller, method.getName() + " " + Arrays.deepToString(arguments));
            throw new SecurityException(refusal(method.getName()).toWire());
        }
        Caller.begin(caller);
        try {
            return method.invoke(server, arguments);
        } catch (InvocationTargetException e) {
            throw isOfJava(arguments) ? e.getCause() : onWire(e.getCause());
        } finally {
            Caller.end();
        }
    }

    /** From whom this very request came, which must be who has opened the session, or another process of his. */
    private Caller caller() {
        Caller reader = Caller.marked();
        if (reader == null || session.equals(Caller.daemon())) {
            return session;
        }
        if (!session.remote().isEmpty()) {
            return session;
        }
        if (reader.uid() != session.uid()) {
            throw new SecurityException("a session of another user");
        }
        return reader;
    }

    private Failure refusal(String method) {
        return changes
                ? new Failure(
                        Reason.NOT_PERMITTED,
                        "Only MBeans of the domain " + DOMAIN + " can be changed from outside (" + method + ").",
                        "Attach JConsole to the daemon's pid as its own user for the others.")
                : new Failure(
                        Reason.NOT_PERMITTED,
                        "You may only look (" + method + ").",
                        "Ask the administrator for the level readwrite in the daemon's access file.");
    }

    private static Object ofObject(Object proxy, String method, Object[] arguments) {
        return switch (method) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            default -> Guard.class.getName();
        };
    }

    /** Listings are operations, too; their MBeans tell which ones change nothing. */
    private boolean onlyLooks(ObjectName name, String operation) {
        try {
            return Arrays.stream(server.getMBeanInfo(name).getOperations())
                    .filter(known -> known.getName().equals(operation))
                    .map(MBeanOperationInfo::getImpact)
                    .findFirst()
                    .filter(impact -> impact == MBeanOperationInfo.INFO)
                    .isPresent();
        } catch (JMException e) {
            return false;
        }
    }

    /** The JVM's own MBeans say for themselves, in classes of the JDK, what they don't have. */
    private static boolean isOfJava(Object[] arguments) {
        return arguments != null
                && arguments.length > 0
                && arguments[0] instanceof ObjectName name
                && !name.getDomain().equals(DOMAIN);
    }

    private static ObjectName threads() {
        try {
            return new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME);
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean permits(String method, Object[] arguments) {
        if (READS.contains(method)) {
            return true;
        }
        if (method.equals("invoke") && THREADS.equals(arguments[0])) {
            return THREAD_READS.contains(arguments[1]);
        }
        return CHANGES.contains(method)
                && arguments[0] instanceof ObjectName name
                && name.getDomain().equals(DOMAIN)
                && (changes || method.equals("invoke") && onlyLooks(name, String.valueOf(arguments[1])));
    }

    private static Throwable onWire(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof Failure failure) {
                if (failure.getCause() != null) {
                    LOG.log(Level.DEBUG, failure.getMessage(), failure);
                }
                return new RuntimeMBeanException(failure.toWire());
            }
        }
        if (thrown instanceof RuntimeMBeanException
                && thrown.getCause() instanceof IllegalStateException sent
                && Failure.fromWire(sent).isPresent()) {
            return thrown;
        }
        if (thrown instanceof RuntimeMBeanException
                || !(thrown instanceof JMException || thrown instanceof JMRuntimeException)) {
            // A fault of ours. Its exception may be of a class that the client has not got.
            LOG.log(Level.ERROR, "request of " + Caller.current() + " failed", thrown);
            Throwable cause = thrown.getCause() == null ? thrown : thrown.getCause();
            return new RuntimeMBeanException(new Failure(
                            Reason.INTERNAL,
                            "A fault of the daemon: " + cause + ".",
                            "Please report it with the daemon's log.")
                    .toWire());
        }
        return thrown;
    }
}
