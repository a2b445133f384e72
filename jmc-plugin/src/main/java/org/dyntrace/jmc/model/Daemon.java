package org.dyntrace.jmc.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.NotificationListener;
import org.dyntrace.mbeans.DaemonMXBean;
import org.dyntrace.mbeans.ObjectNames;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.ProcessMXBean;

/**
 * A daemon, through the MBeans of its JVM. Each call waits for the daemon, so none is for the thread of a user interface; what they
 * throw, {@link org.dyntrace.mbeans.connector.DaemonConnection#failure} explains.
 */
public final class Daemon {
    private final Way way;
    private volatile MBeanServerConnection server;

    /**
     * What may be a daemon.
     *
     * @param way to its MBeans
     */
    public Daemon(Way way) {
        this.way = way;
    }

    /**
     * Connects to it, before anything else is asked, and again when the connection broke.
     *
     * @return whether it is a daemon: whether it has that MBean
     * @throws Exception what connecting throws
     */
    public boolean connect() throws Exception {
        MBeanServerConnection found = way.connect();
        server = found;
        return found.isRegistered(ObjectNames.daemon());
    }

    /** {@return whether a daemon is found that has come in the place of one that is gone} */
    public boolean findsAnother() {
        return way.findsAnother();
    }

    /** {@return its MBean} */
    public DaemonMXBean bean() {
        return JMX.newMXBeanProxy(server, ObjectNames.daemon(), DaemonMXBean.class);
    }

    /**
     * The MBean of a process.
     *
     * @param pid its pid
     * @return its MBean
     */
    public ProcessMXBean process(long pid) {
        return JMX.newMXBeanProxy(server, ObjectNames.process(pid), ProcessMXBean.class);
    }

    /** {@return the processes, those that hold an agent first, by pid} */
    public List<ProcessRow> processes() {
        DaemonMXBean bean = bean();
        List<ProcessRow> rows = new ArrayList<>();
        // In this order: a process that gets its agent between the two questions is in both answers, and not in none.
        List<ProcessInfo> attachable = bean.listAttachable();
        List<ProcessInfo> attached = bean.listProcesses();
        attached.forEach(info -> rows.add(new ProcessRow(info, true)));
        Set<Long> seen = attached.stream().map(ProcessInfo::getPid).collect(Collectors.toSet());
        for (ProcessInfo info : attachable) {
            if (!seen.contains(info.getPid())) {
                rows.add(new ProcessRow(info, false));
            }
        }
        rows.sort(Comparator.comparing(ProcessRow::attached).reversed().thenComparing(ProcessRow::pid));
        return rows;
    }

    /**
     * Has a listener told when a process or tracepoint comes or goes.
     *
     * @param listener called on a thread of JMX's
     * @throws IOException when the connection broke
     * @throws JMException when the daemon's MBean is gone
     */
    public void subscribe(NotificationListener listener) throws IOException, JMException {
        server.addNotificationListener(ObjectNames.daemon(), listener, null, null);
    }

    /**
     * Ends a subscription and disconnects; that the daemon has gone is no error.
     *
     * @param listener as given to {@link #subscribe}
     * @throws IOException when the connection broke
     * @throws JMException when it never was subscribed
     */
    public void leave(NotificationListener listener) throws IOException, JMException {
        try {
            if (server != null) {
                server.removeNotificationListener(ObjectNames.daemon(), listener);
            }
        } catch (InstanceNotFoundException e) {
            // It has ended, and its subscriptions with it.
        } finally {
            way.close();
        }
    }
}
