package org.dyntrace.daemon.jmx;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.dyntrace.daemon.code.SitePlanner;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.link.AgentLink;
import org.dyntrace.daemon.patch.NativeTarget;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessTable;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.ObjectNames;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.TracepointInfo;

/** The processes that hold an agent now, and their MBeans. They come and go with their links. */
public final class Targets {
    private static final Logger LOG = System.getLogger(Targets.class.getName());

    private final MBeanServer server;
    private final ModuleCache modules;
    private final SitePlanner planner;
    private final TracerFiles files;
    private final Map<Integer, ProcessBean> processes = new ConcurrentSkipListMap<>();
    private final Map<AgentLink, ProcessBean> byLink = new ConcurrentHashMap<>();

    /**
     * No processes yet.
     *
     * @param server where their MBeans go
     * @param modules for their functions
     * @param planner for their places
     * @param files where the tracers are
     */
    public Targets(MBeanServer server, ModuleCache modules, SitePlanner planner, TracerFiles files) {
        this.server = server;
        this.modules = modules;
        this.planner = planner;
        this.files = files;
    }

    /**
     * An agent has connected.
     *
     * @param link to it
     */
    public void connected(AgentLink link) {
        try {
            NativeTarget target = new NativeTarget(link, modules, planner);
            ProcessBean bean = new ProcessBean(link.process(), target, files, this);
            byLink.put(link, bean);
            ProcessBean former = processes.put(link.process().pid(), bean);
            if (former != null) {
                withdraw(former);
            }
            register(bean, ObjectNames.process(link.process().pid()));
            target.tracepoints().forEach(tracepoint -> placed(bean, tracepoint));
            LOG.log(Level.INFO, "process {0} has an agent", link.process().pid());
            synchronized (this) {
                notifyAll();
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the agent of process " + link.process().pid() + " can't be used", e);
            link.close();
        }
    }

    /**
     * An agent is gone: its process has ended, or runs another program.
     *
     * @param link that it had
     */
    public void gone(AgentLink link) {
        ProcessBean bean = byLink.remove(link);
        if (bean != null && processes.remove(link.process().pid(), bean)) {
            withdraw(bean);
            LOG.log(
                    Level.INFO,
                    "process {0} has no agent any more",
                    link.process().pid());
        }
    }

    private void withdraw(ProcessBean bean) {
        int pid = bean.process().pid();
        unregister(ObjectNames.process(pid));
        try {
            server.queryNames(new ObjectName("dyntrace:type=Tracepoint,pid=" + pid + ",*"), null)
                    .forEach(this::unregister);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
        bean.close();
    }

    /** Waits until a process holds an agent; false when the time is over. */
    synchronized boolean await(int pid, long milliseconds) {
        long deadline = System.nanoTime() + milliseconds * 1_000_000;
        while (!processes.containsKey(pid)) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    List<ProcessBean> all() {
        return List.copyOf(processes.values());
    }

    boolean holds(int pid) {
        return processes.containsKey(pid);
    }

    /** {@return the process with an agent that a pid or a name stands for} */
    ProcessBean find(String target) {
        List<ProcessBean> named =
                all().stream().filter(bean -> bean.isCalled(target)).toList();
        if (named.size() == 1) {
            return named.get(0);
        }
        if (named.size() > 1) {
            throw new Failure(
                    Reason.AMBIGUOUS_NAME,
                    "Several processes with an agent are named '" + target + "': "
                            + String.join(
                                    ", ",
                                    named.stream()
                                            .map(bean -> "" + bean.process().pid())
                                            .toList())
                            + ".",
                    "Say which one by its pid.");
        }
        int pid = ProcessTable.find(target).pid();
        throw new Failure(
                Reason.NOT_ATTACHED,
                "Process " + pid + " has no agent.",
                "Run 'dyntrace attach " + target + "' first.");
    }

    void placed(ProcessBean process, TracepointInfo tracepoint) {
        register(
                new TracepointBean(process, tracepoint.getName()),
                ObjectNames.tracepoint(process.process().pid(), tracepoint.getName()));
    }

    void removed(ProcessBean process, String tracepoint) {
        unregister(ObjectNames.tracepoint(process.process().pid(), tracepoint));
    }

    /** Lets each process see whether a recording has started. */
    public void watchRecordings() {
        for (ProcessBean bean : all()) {
            try {
                bean.target().watchRecordings();
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "process " + bean.process().pid(), e);
            }
        }
    }

    private void register(Object bean, ObjectName name) {
        try {
            server.registerMBean(bean, name);
        } catch (InstanceAlreadyExistsException e) {
            unregister(name);
            register(bean, name);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private void unregister(ObjectName name) {
        try {
            if (server.isRegistered(name)) {
                server.unregisterMBean(name);
            }
        } catch (JMException e) {
            LOG.log(Level.DEBUG, "unregister " + name, e);
        }
    }

    /** {@return the facts of a process, or a failure if it is gone} */
    static ProcessFacts facts(ProcessBean bean) {
        return ProcessFacts.of(bean.process());
    }
}
