package org.dyntrace.e2e;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import javax.rmi.ssl.SslRMIClientSocketFactory;

/**
 * "RemoteClient PORT PID plain|tls [NAME PASSWORD]": a stock JMX client with nothing on its class path but itself. Looks at the daemon,
 * and tries to attach to a process, to place and to remove a tracepoint.
 */
public final class RemoteClient {
    private static final String TEXT = String.class.getName();

    private RemoteClient() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, Object> environment = new HashMap<>();
        if (arguments[2].equals("tls")) {
            environment.put("com.sun.jndi.rmi.factory.socket", new SslRMIClientSocketFactory());
        }
        if (arguments.length > 3) {
            environment.put(JMXConnector.CREDENTIALS, new String[] {arguments[3], arguments[4]});
        }
        JMXServiceURL address =
                new JMXServiceURL("service:jmx:rmi:///jndi/rmi://localhost:" + arguments[0] + "/jmxrmi");
        try (JMXConnector connector = JMXConnectorFactory.connect(address, environment)) {
            System.out.println("connected");
            drive(connector.getMBeanServerConnection(), arguments[1]);
        } catch (Exception e) {
            for (Throwable t = e; t != null; t = t.getCause()) {
                System.out.println("failed " + t);
            }
        }
    }

    private static void drive(MBeanServerConnection server, String pid) throws Exception {
        ObjectName daemon = new ObjectName("dyntrace:type=Daemon");
        System.out.println("version " + server.getAttribute(daemon, "Version"));
        Object[] processes = (Object[]) server.invoke(daemon, "listProcesses", null, null);
        System.out.println("processes " + processes.length);
        LinkedBlockingQueue<Notification> told = new LinkedBlockingQueue<>();
        server.addNotificationListener(daemon, (note, nothing) -> told.add(note), null, null);
        server.invoke(daemon, "attach", new Object[] {pid}, new String[] {TEXT});
        System.out.println("told " + told.poll(30, TimeUnit.SECONDS).getType());
        ObjectName process = new ObjectName("dyntrace:type=Process,pid=" + pid);
        for (String tracer : new String[] {"count", "log"}) {
            try {
                server.invoke(
                        process,
                        "add",
                        new Object[] {
                            "callee",
                            false,
                            tracer,
                            tracer,
                            tracer.equals("log") ? new String[] {"/root/log"} : new String[0]
                        },
                        new String[] {TEXT, "boolean", TEXT, TEXT, String[].class.getName()});
                System.out.println("added " + tracer);
            } catch (Exception e) {
                System.out.println("not added " + e.getCause());
            }
        }
        server.invoke(process, "remove", new Object[] {"count"}, new String[] {TEXT});
        System.out.println("removed");
    }
}
