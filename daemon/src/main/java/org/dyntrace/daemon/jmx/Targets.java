package org.dyntrace.daemon.jmx;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;
import org.dyntrace.daemon.access.Limits;
import org.dyntrace.daemon.code.SitePlanner;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.jvm.JvmTarget;
import org.dyntrace.daemon.link.AgentLink;
import org.dyntrace.daemon.link.JvmLink;
import org.dyntrace.daemon.link.NativeLink;
import org.dyntrace.daemon.patch.NativeTarget;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessTable;
import org.dyntrace.daemon.record.Recordings;
import org.dyntrace.daemon.target.TracedCode;
import org.dyntrace.daemon.verify.CodeComparison;
import org.dyntrace.mbeans.Events;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.ObjectNames;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.RecordingMXBean;
import org.dyntrace.mbeans.TracepointMXBean;
import org.dyntrace.mbeans.VerifyInfo;

/** The processes that hold an agent now, and their MBeans. They come and go with their links. */
public final class Targets {
    private static final Logger LOG = System.getLogger(Targets.class.getName());

    /** What processes and the daemon tell of tracepoints. */
    static final List<String> TRACEPOINT_EVENTS = List.of(
            Events.TRACEPOINT_ADDED,
            Events.TRACEPOINT_REMOVED,
            Events.TRACEPOINT_ENABLED,
            Events.TRACEPOINT_DISABLED,
            Events.TRACEPOINT_FAILED);

    private static final String WARNED =
            "The JVM has said on its stderr that an agent was loaded; it does not when it is started with"
                    + " -XX:+EnableDynamicAgentLoading.";

    private final MBeanServer server;
    private final ModuleCache modules;
    private final SitePlanner planner;
    private final Agents agents;
    private final Limits limits;
    private final Map<Integer, ProcessBean> processes = new ConcurrentSkipListMap<>();
    private final Announcements announcements = new Announcements(
            ObjectNames.daemon(),
            Stream.concat(Stream.of(Events.PROCESS_ATTACHED, Events.PROCESS_EXITED), TRACEPOINT_EVENTS.stream())
                    .toList(),
            "Processes that get an agent or end, and tracepoints of all processes.");
    private final Map<AgentLink, TracedCode> byLink = new ConcurrentHashMap<>();
    private volatile BiConsumer<ProcessId, TracedCode> onceAttached = (process, code) -> {};

    /**
     * No processes yet.
     *
     * @param server where their MBeans go
     * @param modules for their functions
     * @param planner for their places
     * @param agents brings agents into them
     * @param limits how many tracepoints there can be
     */
    public Targets(MBeanServer server, ModuleCache modules, SitePlanner planner, Agents agents, Limits limits) {
        this.server = server;
        this.modules = modules;
        this.planner = planner;
        this.agents = agents;
        this.limits = limits;
    }

    /**
     * An agent has connected.
     *
     * @param link to it
     */
    public void connected(AgentLink link) {
        TracedCode code = null;
        try {
            code = link instanceof NativeLink library
                    ? new NativeTarget(library, modules, planner)
                    : new JvmTarget((JvmLink) link);
            // The agent is asked without the lock: a slow one holds up nobody else.
            onceAttached.accept(link.process(), code);
            List<String> tracepoints = code.names();
            checkRoom(link.process().pid(), 0, tracepoints.size());
            Map<String, Long> hits = new LinkedHashMap<>();
            for (String name : tracepoints) {
                hits.put(name, code.info(name).getHits());
            }
            take(link, code, hits);
            LOG.log(
                    Level.INFO,
                    "process {0} has an agent: {1}",
                    link.process().pid(),
                    code.getClass().getSimpleName());
            agents.arrived();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the agent of process " + link.process().pid() + " can't be used", e);
            link.close();
            if (code != null && !byLink.containsKey(link)) {
                code.close();
            }
        }
    }

    /** Before anybody is told that an agent has come, this is done with its process and the code that it traces. */
    void onceAttached(BiConsumer<ProcessId, TracedCode> work) {
        onceAttached = work;
    }

    /** What waits for the process finds it complete: it is put into the table last. */
    private synchronized void take(AgentLink link, TracedCode code, Map<String, Long> tracepoints) {
        int pid = link.process().pid();
        ProcessBean known = processes.get(pid);
        boolean same = known != null && known.process().equals(link.process());
        if (known != null && !same) {
            withdraw(known);
        }
        ProcessBean bean = same ? known : new ProcessBean(link.process(), agents, this, modules, planner);
        byLink.put(link, code);
        bean.take(code, tracepoints.keySet());
        if (!same) {
            register(DescribedBean.of(bean, ProcessMXBean.class, bean.announcements()), ObjectNames.process(pid));
        }
        tracepoints.forEach((tracepoint, hits) -> show(bean, tracepoint, hits));
        processes.put(pid, bean);
        if (!same) {
            announcements.send(Events.PROCESS_ATTACHED, "Process " + pid + " has an agent.", Map.of("pid", "" + pid));
        }
    }

    /**
     * An agent is gone: its process has ended, or runs another program.
     *
     * @param link that it had
     */
    public void gone(AgentLink link) {
        lose(link);
        agents.left();
    }

    private synchronized void lose(AgentLink link) {
        TracedCode code = byLink.get(link);
        ProcessBean bean = processes.get(link.process().pid());
        if (code == null) {
            return;
        }
        if (bean != null && bean.code().contains(code) && bean.lose(code)) {
            processes.remove(link.process().pid());
            withdraw(bean);
            LOG.log(
                    Level.INFO,
                    "process {0} has no agent any more",
                    link.process().pid());
        }
        code.close();
        byLink.remove(link);
    }

    /** {@return whether an agent is gone, and the MBeans of its process with it} */
    boolean isGone(TracedCode code) {
        return !byLink.containsValue(code);
    }

    private void withdraw(ProcessBean bean) {
        int pid = bean.process().pid();
        announcements.send(
                Events.PROCESS_EXITED, "Process " + pid + " has no agent any more.", Map.of("pid", "" + pid));
        unregister(ObjectNames.process(pid));
        try {
            server.queryNames(new ObjectName("dyntrace:type=Tracepoint,pid=" + pid + ",*"), null)
                    .forEach(this::unregister);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Brings the agent that a process needs into it; {@return a note for who asked, or empty} */
    String attach(ProcessId process) {
        BooleanSupplier there = () -> processes.containsKey(process.pid());
        if (there.getAsBoolean()) {
            return "";
        }
        agents.checkOwner(process);
        if (agents.isJvm(process)) {
            return agents.bringJava(process, there).warned() ? WARNED : "";
        }
        agents.bringNative(process, there);
        return "";
    }

    List<ProcessBean> all() {
        return List.copyOf(processes.values());
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
        ProcessId process = ProcessTable.find(target);
        if (process.hasEnded()) {
            throw process.gone();
        }
        if (process.isStopped()) {
            // Its agent, if it has one, did not answer.
            throw process.stopped();
        }
        throw new Failure(
                Reason.NOT_ATTACHED,
                "Process " + process.pid() + " has no agent.",
                "Run 'dyntrace attach " + target + "' first.");
    }

    /** {@return how the code of a process compares with its files; of several with a name, the one that holds an agent is meant} */
    VerifyInfo verify(String target) {
        List<ProcessBean> named =
                all().stream().filter(bean -> bean.isCalled(target)).toList();
        ProcessId process = named.size() == 1 ? named.get(0).process() : ProcessTable.find(target);
        return CodeComparison.of(
                process,
                modules,
                () -> Optional.ofNullable(processes.get(process.pid()))
                        .filter(bean -> bean.process().equals(process))
                        .flatMap(bean -> bean.code().stream()
                                .filter(NativeTarget.class::isInstance)
                                .map(NativeTarget.class::cast)
                                .findFirst()),
                agents.isJvm(process));
    }

    /** {@return how many tracepoints all processes have} */
    int tracepoints() {
        return processes.values().stream()
                .mapToInt(process -> process.shown().size())
                .sum();
    }

    /** An agent says itself which tracepoints it holds, and may say anything. */
    void checkRoom(int pid, int there, int more) {
        int all = tracepoints();
        if (there + more > limits.tracepointsPerProcess() || all + more > limits.tracepoints()) {
            throw new Failure(
                    Reason.TOO_MANY,
                    "Process " + pid + " has " + there + " tracepoints of " + limits.tracepointsPerProcess()
                            + " that it can have, all processes " + all + " of " + limits.tracepoints() + ".",
                    "Remove some, take a pattern as location, or raise tracepoints and tracepoints.per.process in the"
                            + " daemon's settings.");
        }
    }

    private void show(ProcessBean process, String tracepoint, long hits) {
        process.shown().add(tracepoint);
        ObjectName name = ObjectNames.tracepoint(process.process().pid(), tracepoint);
        register(
                DescribedBean.of(
                        new TracepointBean(process, tracepoint, hits),
                        TracepointMXBean.class,
                        new NotificationBroadcasterSupport()),
                name);
    }

    void placed(ProcessBean process, String tracepoint) {
        show(process, tracepoint, 0);
        tell(process, Events.TRACEPOINT_ADDED, tracepoint, "Tracepoint " + tracepoint + " was placed.");
    }

    void removed(ProcessBean process, String tracepoint) {
        process.shown().remove(tracepoint);
        unregister(ObjectNames.tracepoint(process.process().pid(), tracepoint));
        tell(process, Events.TRACEPOINT_REMOVED, tracepoint, "Tracepoint " + tracepoint + " was removed.");
    }

    void switched(ProcessBean process, String tracepoint, boolean enabled) {
        tell(
                process,
                enabled ? Events.TRACEPOINT_ENABLED : Events.TRACEPOINT_DISABLED,
                tracepoint,
                "Tracepoint " + tracepoint + " was " + (enabled ? "enabled." : "disabled."));
    }

    void failed(ProcessBean process, String tracepoint, Failure failure) {
        tell(process, Events.TRACEPOINT_FAILED, tracepoint, failure.reason() + ": " + failure.getMessage());
    }

    private void tell(ProcessBean process, String event, String tracepoint, String message) {
        Map<String, String> data = Map.of("pid", "" + process.process().pid(), "name", tracepoint);
        process.announcements().send(event, message, data);
        announcements.send(event, message, data);
    }

    /** {@return what the daemon's MBean announces} */
    Announcements announcements() {
        return announcements;
    }

    /** {@return the processes without an agent that the daemon may bring one into} */
    List<ProcessInfo> attachable() {
        List<ProcessInfo> found = new ArrayList<>();
        for (ProcessId process : ProcessTable.all()) {
            if (!processes.containsKey(process.pid())) {
                try {
                    ProcessFacts facts = ProcessFacts.of(process);
                    if (agents.mayReach(facts)) {
                        found.add(ProcessBean.info(facts, agents.isJvm(process) ? "jvm" : "native", 0, ""));
                    }
                } catch (Failure endedMeanwhile) {
                    LOG.log(Level.DEBUG, "process " + process.pid(), endedMeanwhile);
                }
            }
        }
        return found;
    }

    int agents() {
        return byLink.size();
    }

    /** Looks at all counters, so that it can be told when they grew. */
    public void look() {
        forEach(TracedCode::look);
    }

    /** Lets each process see whether a recording has started. */
    public void watchRecordings() {
        forEach(TracedCode::watchRecordings);
    }

    private void forEach(Consumer<TracedCode> action) {
        for (ProcessBean bean : all()) {
            for (TracedCode code : bean.code()) {
                try {
                    action.accept(code);
                } catch (RuntimeException e) {
                    LOG.log(Level.DEBUG, "process " + bean.process().pid(), e);
                }
            }
        }
    }

    /** {@return what gives each recording an MBean as long as it goes on} */
    Recordings.Listener showing(Recordings recordings) {
        return new Recordings.Listener() {
            @Override
            public void started(String name) {
                register(
                        DescribedBean.of(
                                new RecordingBean(recordings, name),
                                RecordingMXBean.class,
                                new Announcements(ObjectNames.recording(name), List.of(), "None.")),
                        ObjectNames.recording(name));
            }

            @Override
            public void stopped(String name) {
                unregister(ObjectNames.recording(name));
            }
        };
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
