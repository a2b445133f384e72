package org.dyntrace.daemon.jmx;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.patch.NativeTarget;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Location;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SymbolFilter;
import org.dyntrace.mbeans.SymbolInfo;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.TracerSpec;

/** One process with an agent. */
final class ProcessBean implements ProcessMXBean {
    private static final Logger LOG = System.getLogger(ProcessBean.class.getName());

    private static final int LIMIT = 10_000;

    private final ProcessId process;
    private final NativeTarget target;
    private final TracerFiles files;
    private final Targets targets;

    ProcessBean(ProcessId process, NativeTarget target, TracerFiles files, Targets targets) {
        this.process = process;
        this.target = target;
        this.files = files;
        this.targets = targets;
    }

    ProcessId process() {
        return process;
    }

    NativeTarget target() {
        return target;
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

    void close() {
        target.close();
    }

    @Override
    public ProcessInfo getInfo() {
        ProcessFacts facts = ProcessFacts.of(process);
        return new ProcessInfo(
                process.pid(),
                facts.name(),
                "native",
                facts.uid(),
                String.join(" ", facts.commandLine()),
                process.startTime(),
                target.tracepoints().size());
    }

    @Override
    public List<SymbolInfo> listSymbols(String filter, int offset, int limit) {
        if (offset < 0 || limit < 1 || limit > LIMIT) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "The page asked for does not exist.",
                    "Use an offset ≥ 0 and a limit of 1 to 10000.");
        }
        return target.listSymbols(SymbolFilter.parse(filter), offset, limit);
    }

    @Override
    public List<TracepointInfo> listTracepoints() {
        return target.tracepoints();
    }

    @Override
    public TracepointInfo add(String location, boolean entryExit, String name, String tracer, List<String> arguments) {
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
            target.loadLttng(files.lttng());
        }
        int descriptor = spec.logFile().map(file -> LogFile.open(file, caller)).orElse(-1);
        TracepointInfo placed;
        try {
            placed = target.add(place, entryExit, name == null ? "" : name, spec, descriptor, caller.uid());
        } finally {
            if (descriptor >= 0) {
                LogFile.close(descriptor);
            }
        }
        targets.placed(this, placed);
        return placed;
    }

    @Override
    public void remove(String name) {
        LOG.log(Level.INFO, "{0}: rm {1}:{2}", Caller.current(), process.pid(), name);
        target.remove(name);
        targets.removed(this, name);
    }
}
