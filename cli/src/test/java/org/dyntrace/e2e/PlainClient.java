package org.dyntrace.e2e;

import com.sun.tools.attach.VirtualMachine;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * "PlainClient DAEMON-PID TARGET-PID FUNCTION FUNCTION": drives a daemon by JMX with nothing on its class path but itself. Prints what it sees, and
 * "all done" at the end.
 */
public final class PlainClient {
    private static final String ADD = "add";

    private PlainClient() {}

    public static void main(String[] arguments) throws Exception {
        VirtualMachine daemon = VirtualMachine.attach(arguments[0]);
        String address = daemon.startLocalManagementAgent();
        daemon.detach();
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
            drive(connector.getMBeanServerConnection(), arguments[1], arguments[2], arguments[3]);
        }
        System.out.println("all done");
    }

    private static void drive(MBeanServerConnection server, String pid, String first, String second) throws Exception {
        LinkedBlockingQueue<Notification> told = new LinkedBlockingQueue<>();
        NotificationListener listener = (notification, nothing) -> told.add(notification);
        ObjectName daemon = new ObjectName("dyntrace:type=Daemon");
        ObjectName process = new ObjectName("dyntrace:type=Process,pid=" + pid);
        ObjectName tracepoint = new ObjectName("dyntrace:type=Tracepoint,pid=" + pid + ",name=\"mine\"");
        describe(server, daemon);
        server.addNotificationListener(daemon, listener, null, "");
        CompositeData attached = (CompositeData)
                server.invoke(daemon, "attach", new Object[] {pid}, new String[] {String.class.getName()});
        System.out.println("attached " + attached.get("pid"));
        print(told);
        describe(server, process);
        server.addNotificationListener(process, listener, null, "");
        add(server, process, first);
        print(told);
        print(told);
        for (ObjectName name : server.queryNames(new ObjectName("dyntrace:type=Tracepoint,*"), null)) {
            System.out.println("listed " + name);
            tracepoint = name;
        }
        describe(server, tracepoint);
        long from = (Long) server.getAttribute(tracepoint, "Hits");
        System.out.println("waits for hits");
        while ((Long) server.getAttribute(tracepoint, "Hits") <= from) {
            Thread.onSpinWait();
        }
        System.out.println("hits grow");
        try {
            add(server, process, second);
        } catch (RuntimeMBeanException e) {
            System.out.println("refused " + e.getCause().getClass().getName() + " "
                    + e.getCause().getMessage().lines().findFirst().orElse(""));
        }
        print(told);
        print(told);
        server.invoke(process, "remove", new Object[] {"mine"}, new String[] {String.class.getName()});
        print(told);
        print(told);
        System.out.println("left " + server.queryNames(new ObjectName("dyntrace:type=Tracepoint,*"), null));
        ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
        print(told);
    }

    private static void add(MBeanServerConnection server, ObjectName process, String location) throws Exception {
        String text = String.class.getName();
        server.invoke(process, ADD, new Object[] {location, false, "mine", "count", new String[0]}, new String[] {
            text, "boolean", text, text, String[].class.getName()
        });
    }

    private static void print(LinkedBlockingQueue<Notification> told) throws InterruptedException {
        Notification one = told.poll(30, TimeUnit.SECONDS);
        System.out.println(
                one == null
                        ? "told nothing"
                        : "told " + ((ObjectName) one.getSource()).getKeyProperty("type") + " "
                                + one.getSequenceNumber() + " " + one.getType() + " " + one.getUserData() + " "
                                + one.getMessage());
    }

    private static void describe(MBeanServerConnection server, ObjectName name) throws Exception {
        MBeanInfo info = server.getMBeanInfo(name);
        System.out.println("bean " + info.getDescription());
        for (MBeanAttributeInfo attribute : info.getAttributes()) {
            System.out.println("attribute " + attribute.getName() + ": " + attribute.getDescription() + " ["
                    + attribute.getDescriptor().getFieldValue("units") + "]");
        }
        for (MBeanOperationInfo operation : info.getOperations()) {
            System.out.println("operation " + operation.getName() + " " + operation.getImpact() + ": "
                    + operation.getDescription());
            for (MBeanParameterInfo parameter : operation.getSignature()) {
                System.out.println("parameter " + operation.getName() + " " + parameter.getName() + ": "
                        + parameter.getDescription() + " ["
                        + parameter.getDescriptor().getFieldValue("units") + "]");
            }
        }
        Arrays.stream(info.getNotifications())
                .forEach(each -> System.out.println("notifications " + Arrays.toString(each.getNotifTypes())));
    }
}
