package org.dyntrace.daemon.jmx;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.access.UserName;
import org.dyntrace.daemon.code.PatchedCode;
import org.dyntrace.daemon.code.SitePlanner;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.elf.Query;
import org.dyntrace.daemon.jvm.JvmTarget;
import org.dyntrace.daemon.patch.Leaving;
import org.dyntrace.daemon.patch.NativeTarget;
import org.dyntrace.daemon.patch.Survey;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.target.Placement;
import org.dyntrace.daemon.target.TracedCode;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.LedgerInfo;
import org.dyntrace.mbeans.Location;
import org.dyntrace.mbeans.ObjectNames;
import org.dyntrace.mbeans.PlanInfo;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.ProgressInfo;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.SymbolFilter;
import org.dyntrace.mbeans.SymbolInfo;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.TracerSpec;
import org.dyntrace.mbeans.VerifyInfo;

/** One process with an agent, or with both: a JVM is a native process too. */
final class ProcessBean implements ProcessMXBean {
    private static final Logger LOG = System.getLogger(ProcessBean.class.getName());

    private static final int LIMIT = 10_000;
    private static final ProgressInfo NOTHING = new ProgressInfo(0, 0);

    private final ProcessId process;
    private final Agents agents;
    private final Targets targets;
    private final ModuleCache modules;
    private final SitePlanner planner;
    private final TracepointNames names;
    private final Announcements announcements;
    /** Names of the tracepoints that have an MBean. Known without asking agents, one of which may be slow. */
    private final Set<String> shown = ConcurrentHashMap.newKeySet();

    private volatile NativeTarget nativeCode;
    private volatile JvmTarget javaCode;
    private volatile ProgressInfo progress = NOTHING;

    ProcessBean(ProcessId process, Agents agents, Targets targets, ModuleCache modules, SitePlanner planner) {
        this.process = process;
        this.agents = agents;
        this.targets = targets;
        this.modules = modules;
        this.planner = planner;
        this.names = new TracepointNames(process.pid());
        this.announcements = new Announcements(
                ObjectNames.process(process.pid()), Targets.TRACEPOINT_EVENTS, "Tracepoints of this process.");
    }

    ProcessId process() {
        return process;
    }

    Set<String> shown() {
        return shown;
    }

    Announcements announcements() {
        return announcements;
    }

    /** An agent has come, in the place of an earlier one of its kind. */
    void take(TracedCode code, Collection<String> tracepoints) {
        names.seen(tracepoints);
        if (code instanceof NativeTarget came) {
            nativeCode = came;
        } else if (code instanceof JvmTarget came) {
            javaCode = came;
        }
    }

    /** An agent is gone; {@return whether none is left} */
    boolean lose(TracedCode code) {
        if (nativeCode == code) {
            nativeCode = null;
        } else if (javaCode == code) {
            javaCode = null;
        }
        return nativeCode == null && javaCode == null;
    }

    /** {@return what its agents can trace} */
    List<TracedCode> code() {
        List<TracedCode> all = new ArrayList<>();
        Optional.ofNullable(javaCode).ifPresent(all::add);
        Optional.ofNullable(nativeCode).ifPresent(all::add);
        return all;
    }

    boolean isCalled(String wanted) {
        if (wanted.equals(Integer.toString(process.pid()))) {
            return true;
        }
        try {
            return ProcessFacts.of(process).isNamed(wanted);
        } catch (Failure gone) {
            return false;
        }
    }

    @Override
    public ProcessInfo getInfo() {
        return described("");
    }

    /** With a note for who has just attached. */
    ProcessInfo described(String note) {
        return info(ProcessFacts.of(process), getKind(), shown.size(), note);
    }

    static ProcessInfo info(ProcessFacts facts, String kind, int tracepoints, String note) {
        return new ProcessInfo(
                facts.process().pid(),
                facts.name(),
                kind,
                facts.uid() & 0xffffffffL,
                UserName.of(facts.uid()),
                String.join(" ", facts.commandLine()),
                facts.process().startTime(),
                tracepoints,
                note);
    }

    @Override
    public long getPid() {
        return process.pid();
    }

    @Override
    public String getName() {
        return ProcessFacts.of(process).name();
    }

    @Override
    public String getKind() {
        return isJvm() ? "jvm" : "native";
    }

    @Override
    public List<String> getCommandLine() {
        return ProcessFacts.of(process).commandLine();
    }

    @Override
    public long getUid() {
        return ProcessFacts.of(process).uid() & 0xffffffffL;
    }

    @Override
    public String getOwner() {
        return UserName.of(getUid());
    }

    @Override
    public Date getStartDate() {
        return Date.from(process.started());
    }

    @Override
    public List<String> getAgents() {
        return code().stream()
                .map(code -> code instanceof NativeTarget ? "native" : "java")
                .toList();
    }

    @Override
    public List<String> getTracepoints() {
        return allNames();
    }

    @Override
    public VerifyInfo verify() {
        return targets.verify(Integer.toString(process.pid()));
    }

    private boolean isJvm() {
        return javaCode != null || agents.isJvm(process);
    }

    private List<String> allNames() {
        return code().stream().flatMap(code -> code.names().stream()).toList();
    }

    @Override
    public List<SymbolInfo> listSymbols(String filter, int offset, int limit) {
        checkPage(offset, limit);
        SymbolFilter wanted = SymbolFilter.parse(filter);
        JvmTarget methods = wanted.scope() == Location.Scope.NATIVE ? null : javaCode;
        if (methods == null) {
            return wanted.scope() == Location.Scope.JAVA ? List.of() : agents.functions(process, wanted, offset, limit);
        }
        List<SymbolInfo> page = methods.listSymbols(wanted, offset, limit);
        // A JVM's native functions are listed once there is an agent for them, or when they are asked for.
        if (page.size() == limit || nativeCode == null || wanted.scope() == Location.Scope.JAVA) {
            return page;
        }
        int before = page.isEmpty() ? methods.count(wanted) : offset + page.size();
        List<SymbolInfo> both = new ArrayList<>(page);
        both.addAll(agents.functions(process, wanted, Math.max(0, offset - before), limit - page.size()));
        return both;
    }

    private static void checkPage(int offset, int limit) {
        if (offset < 0 || limit < 1 || limit > LIMIT) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "The page asked for does not exist.",
                    "Use an offset ≥ 0 and a limit of 1 to 10000.");
        }
    }

    @Override
    public List<PlanInfo> plan(String filter, boolean entryExit, int offset, int limit) {
        checkPage(offset, limit);
        SymbolFilter wanted = SymbolFilter.parse(filter);
        if (wanted.scope() == Location.Scope.JAVA) {
            throw new Failure(
                    Reason.UNSUPPORTED,
                    "Java methods are not patched, but woven by the JVM itself.",
                    "Leave 'java:' away to see how native functions would be patched.");
        }
        return survey().plan(Query.of(wanted), entryExit, offset, limit);
    }

    @Override
    public List<LedgerInfo> ledgers(boolean entryExit) {
        return survey().ledgers(entryExit);
    }

    private Survey survey() {
        NativeTarget code = nativeCode;
        return new Survey(process, modules, planner, code == null ? new PatchedCode() : code.patched());
    }

    @Override
    public ProgressInfo getProgress() {
        return progress;
    }

    @Override
    public List<TracepointInfo> listTracepoints() {
        List<TracepointInfo> all = new ArrayList<>();
        for (TracedCode code : code()) {
            for (String name : code.names()) {
                try {
                    all.add(code.info(name));
                } catch (Failure removedMeanwhile) {
                    LOG.log(Level.DEBUG, name, removedMeanwhile);
                }
            }
        }
        return all;
    }

    @Override
    public List<SiteInfo> listSites(String name, boolean missing, int offset, int limit) {
        checkPage(offset, limit);
        return holder(name).sites(name).stream()
                .filter(site -> !missing
                        || !site.getState().equals(SiteInfo.PLACED)
                                && !site.getState().equals(SiteInfo.DISABLED))
                .skip(offset)
                .limit(limit)
                .toList();
    }

    List<SiteInfo> firstSites(String name, int limit) {
        return holder(name).sites(name).stream().limit(limit).toList();
    }

    TracepointInfo info(String name) {
        return holder(name).info(name);
    }

    @Override
    public synchronized TracepointInfo add(
            String location, boolean entryExit, String name, String tracer, List<String> arguments) {
        try {
            return addAsked(location, entryExit, name, tracer, arguments);
        } catch (Failure failure) {
            targets.failed(this, name == null ? "" : name, failure);
            throw failure;
        }
    }

    @Override
    public TracepointInfo addTracepoint(String location, boolean entryExit, String name, String tracer) {
        List<String> words = List.of((tracer == null ? "" : tracer).strip().split("\\s+"));
        return add(location, entryExit, name, words.get(0), words.subList(1, words.size()));
    }

    private TracepointInfo addAsked(
            String location, boolean entryExit, String name, String tracer, List<String> arguments) {
        Caller caller = Caller.current();
        LOG.log(
                Level.INFO,
                "{0}: add {1}:{2}{3} {4} {5}",
                caller,
                process.pid(),
                location,
                entryExit ? " -e" : "",
                tracer,
                arguments);
        Location place = Location.parse(location);
        TracerSpec spec = TracerSpec.parse(tracer, arguments);
        if (spec.tracer() == TracerSpec.Tracer.LTTNG) {
            LttngSessions.check(process);
        }
        targets.checkRoom(process.pid(), shown.size(), 1);
        String chosen = names.choose(name == null ? "" : name, allNames());
        int descriptor = spec.logFile().map(file -> LogFile.open(file, caller)).orElse(-1);
        TracepointInfo placed;
        try {
            placed = place(new Placement(place, entryExit, chosen, spec, descriptor, caller.uid()));
        } finally {
            progress = NOTHING;
            if (descriptor >= 0) {
                LogFile.close(descriptor);
            }
        }
        names.seen(List.of(placed.getName()));
        targets.placed(this, placed.getName());
        return placed;
    }

    /** {@return the name that a tracepoint will get that was asked for by this one, or by none} */
    synchronized String nameFor(String wanted) {
        return names.choose(wanted, allNames());
    }

    /** A name without prefix is that of a Java method, if a loaded class has it, else that of a function. */
    private TracepointInfo place(Placement wanted) {
        Location location = wanted.location();
        boolean onlyJava = location instanceof Location.JavaMethod
                || location.scope() == Location.Scope.JAVA
                || location instanceof Location.Address address && address.value() >>> 56 == JvmTarget.ADDRESS_TOP;
        boolean mayBeJava = onlyJava
                || location.scope() == Location.Scope.ANY
                        && (location.asJava().isPresent() || location instanceof Location.Regex)
                        && isJvm();
        if (mayBeJava) {
            try {
                return javaCode().add(wanted, this::progressed);
            } catch (Failure failure) {
                if (onlyJava || failure.reason() != Reason.NO_SUCH_SYMBOL || !hasFunction(location)) {
                    throw failure;
                }
            }
        }
        return nativeCode(wanted.tracer()).add(wanted, this::progressed);
    }

    /** Looked up from outside: a name that nobody has is no reason to bring the native agent in. */
    private boolean hasFunction(Location location) {
        return !agents.functions(process, SymbolFilter.parse(location.toString()), 0, 1)
                .isEmpty();
    }

    private void progressed(int done, int all) {
        progress = new ProgressInfo(done, all);
    }

    private JvmTarget javaCode() {
        if (javaCode == null) {
            agents.bringJava(process, () -> javaCode != null);
        }
        return javaCode;
    }

    private NativeTarget nativeCode(TracerSpec tracer) {
        if (tracer.jfr()) {
            throw new Failure(
                    Reason.UNSUPPORTED,
                    "Native functions have no JFR events.",
                    "Use the tracer lttng; for a JVM's own methods, write package.Class.method.");
        }
        if (nativeCode == null) {
            agents.bringNative(process, () -> nativeCode != null);
        }
        NativeTarget code = nativeCode;
        if (tracer.tracer() == TracerSpec.Tracer.LTTNG) {
            agents.loadLttng(process, code);
        }
        return code;
    }

    @Override
    public synchronized void remove(String name) {
        changing("rm", name, () -> holder(name).remove(name, this::progressed));
        targets.removed(this, name);
    }

    @Override
    public synchronized TracepointInfo disable(String name) {
        changing("disable", name, () -> holder(name).disable(name, this::progressed));
        targets.switched(this, name, false);
        return info(name);
    }

    @Override
    public synchronized TracepointInfo enable(String name) {
        changing("enable", name, () -> holder(name).enable(name, this::progressed));
        targets.switched(this, name, true);
        return info(name);
    }

    private void changing(String verb, String name, Runnable change) {
        LOG.log(Level.INFO, "{0}: {1} {2}:{3}", Caller.current(), verb, process.pid(), name);
        try {
            change.run();
        } catch (Failure failure) {
            targets.failed(this, name, failure);
            throw failure;
        } finally {
            progress = NOTHING;
        }
    }

    @Override
    public synchronized String detach() {
        LOG.log(Level.INFO, "{0}: detach {1}", Caller.current(), process.pid());
        JvmTarget leaving = javaCode;
        if (leaving != null) {
            List<String> tracepoints = leaving.names();
            try {
                leaving.detach(this::progressed);
            } finally {
                progress = NOTHING;
            }
            tracepoints.forEach(name -> targets.removed(this, name));
            agents.awaitLeave(process, () -> targets.isGone(leaving));
        }
        NativeTarget library = nativeCode;
        return library == null ? "" : detach(library);
    }

    private String detach(NativeTarget library) {
        List<String> before = library.names();
        try {
            Leaving rest = library.detach();
            before.forEach(name -> targets.removed(this, name));
            agents.awaitLeave(process, () -> targets.isGone(library));
            String stays = agents.unload(process, rest);
            return stays.isEmpty()
                    ? ""
                    : "The agent's library stays mapped in process " + process.pid() + ", since " + stays
                            + ". It has no thread and no open file, and the next attach uses it again.";
        } catch (Failure failure) {
            if (!targets.isGone(library)) {
                List<String> after = library.names();
                before.stream().filter(name -> !after.contains(name)).forEach(name -> targets.removed(this, name));
            }
            throw failure;
        }
    }

    private TracedCode holder(String name) {
        return code().stream()
                .filter(code -> code.names().contains(name))
                .findFirst()
                .orElseThrow(() -> new Failure(
                        Reason.NO_SUCH_TRACEPOINT,
                        "Process " + process.pid() + " has no tracepoint '" + name + "'.",
                        allNames().isEmpty() ? "It has none." : "It has: " + String.join(", ", allNames()) + "."));
    }
}
