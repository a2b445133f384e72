package org.dyntrace.daemon.jmx;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.code.PatchedCode;
import org.dyntrace.daemon.code.SitePlanner;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.elf.Query;
import org.dyntrace.daemon.jvm.JvmTarget;
import org.dyntrace.daemon.patch.NativeTarget;
import org.dyntrace.daemon.patch.Survey;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.target.Placement;
import org.dyntrace.daemon.target.TracedCode;
import org.dyntrace.mbeans.Events;
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
                ObjectNames.process(process.pid()),
                List.of(Events.TRACEPOINT_ADDED, Events.TRACEPOINT_REMOVED, Events.TRACEPOINT_FAILED),
                "Tracepoints of this process.");
    }

    ProcessId process() {
        return process;
    }

    Announcements announcements() {
        return announcements;
    }

    /** An agent has come, in the place of an earlier one of its kind. */
    void take(TracedCode code, List<String> tracepoints) {
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
        ProcessFacts facts = ProcessFacts.of(process);
        return new ProcessInfo(
                process.pid(),
                facts.name(),
                isJvm() ? "jvm" : "native",
                facts.uid(),
                String.join(" ", facts.commandLine()),
                process.startTime(),
                allNames().size(),
                note);
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
                .filter(site -> !missing || !site.getState().equals(SiteInfo.PLACED))
                .skip(offset)
                .limit(limit)
                .toList();
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
        LOG.log(Level.INFO, "{0}: rm {1}:{2}", Caller.current(), process.pid(), name);
        try {
            holder(name).remove(name, this::progressed);
        } catch (Failure failure) {
            targets.failed(this, name, failure);
            throw failure;
        } finally {
            progress = NOTHING;
        }
        targets.removed(this, name);
    }

    @Override
    public synchronized void detach() {
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
        if (nativeCode != null) {
            throw new Failure(
                    Reason.UNSUPPORTED,
                    (leaving == null ? "" : "The Java agent has left process " + process.pid() + "; ")
                            + (leaving == null ? "The" : "the") + " native agent can't be taken out of process "
                            + process.pid() + " yet.",
                    "Remove its tracepoints with 'dyntrace rm'; without any it sleeps.");
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
