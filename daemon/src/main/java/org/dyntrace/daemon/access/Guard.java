package org.dyntrace.daemon.access;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.remote.MBeanServerForwarder;
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

    /** Set by the connector, once, before the first call. */
    private volatile MBeanServer server;

    private Guard() {}

    /** {@return a forwarder that lets only permitted calls through to the server that it is given} */
    static MBeanServerForwarder forwarder() {
        return (MBeanServerForwarder) Proxy.newProxyInstance(
                Guard.class.getClassLoader(), new Class<?>[] {MBeanServerForwarder.class}, new Guard());
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == MBeanServerForwarder.class) {
            if (method.getName().equals("setMBeanServer")) {
                server = (MBeanServer) arguments[0];
            }
            return server;
        }
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method.getName(), arguments);
        }
        if (!permits(method.getName(), arguments)) {
            LOG.log(Level.WARNING, "{0} asked for {1}", Caller.current(), method.getName());
            throw new SecurityException(new Failure(
                            Reason.NOT_PERMITTED,
                            "Only MBeans of the domain " + DOMAIN + " can be changed from outside (" + method.getName()
                                    + ").",
                            "Attach JConsole to the daemon's pid as its own user for the others.")
                    .toWire());
        }
        try {
            return method.invoke(server, arguments);
        } catch (InvocationTargetException e) {
            throw onWire(e.getCause());
        }
    }

    private static Object ofObject(Object proxy, String method, Object[] arguments) {
        return switch (method) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            default -> Guard.class.getName();
        };
    }

    private static boolean permits(String method, Object[] arguments) {
        if (READS.contains(method)) {
            return true;
        }
        return CHANGES.contains(method)
                && arguments[0] instanceof ObjectName name
                && name.getDomain().equals(DOMAIN);
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
