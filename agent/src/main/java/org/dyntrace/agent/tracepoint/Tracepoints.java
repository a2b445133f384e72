package org.dyntrace.agent.tracepoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.dyntrace.agent.Refusal;
import org.dyntrace.agent.natives.Natives;
import org.dyntrace.agent.symbols.ClassNumbers;
import org.dyntrace.agent.symbols.LoadedMethods;
import org.dyntrace.agent.symbols.MethodMatcher;
import org.dyntrace.agent.symbols.ModuleNames;
import org.dyntrace.agent.tracer.BothTracers;
import org.dyntrace.agent.tracer.JfrTracer;
import org.dyntrace.agent.tracer.LogFile;
import org.dyntrace.agent.tracer.LogTracer;
import org.dyntrace.agent.tracer.LttngTracer;
import org.dyntrace.agent.tracer.Tracer;
import org.dyntrace.agent.weave.Form;
import org.dyntrace.agent.weave.Progress;
import org.dyntrace.agent.weave.Weaver;
import org.dyntrace.agent.weave.Weaving;
import org.dyntrace.wire.JvmSite;
import org.dyntrace.wire.JvmTracepoint;
import org.dyntrace.wire.Methods;
import org.dyntrace.wire.Place;
import org.dyntrace.wire.Switch;

/** The tracepoints of this JVM. They are known here alone, so that they outlive each daemon. The agent's thread's own. */
public final class Tracepoints {
    private static final int MOST = 4096;
    /** How long to wait for threads inside a tracer, and how often to look. */
    private static final long QUIET_NANOS = 1_000_000_000;

    private static final long PAUSE_NANOS = 200_000;

    private final Weaver weaver;
    private final LoadedMethods methods;
    private final ClassNumbers numbers;
    private final ModuleNames modules;
    private final Map<String, Tracepoint> byName = new LinkedHashMap<>();
    /** Removed, but a thread may still be inside their tracers. */
    private final List<Tracepoint> leaving = new ArrayList<>();

    private int next;

    /**
     * None yet.
     *
     * @param weaver places them
     * @param methods of the JVM
     * @param numbers of its classes
     * @param modules of its classes
     */
    public Tracepoints(Weaver weaver, LoadedMethods methods, ClassNumbers numbers, ModuleNames modules) {
        this.weaver = weaver;
        this.methods = methods;
        this.numbers = numbers;
        this.modules = modules;
    }

    /**
     * Places one.
     *
     * @param request what and where
     * @param libraries the folder with the native libraries
     * @param log its log file, or null
     * @param progress is told how far it is
     * @throws Refusal when nothing was placed
     */
    public void place(Place request, Path libraries, LogFile log, Progress progress) {
        if (byName.containsKey(request.getName())) {
            throw new Refusal(
                    "NAME_TAKEN",
                    "The JVM has a tracepoint '" + request.getName() + "' already.",
                    "Choose another name, or remove that one first.");
        }
        boolean one = request.getMethods().getForm() == Methods.Form.ADDRESS;
        long only = one ? request.getMethods().getAddress() : 0;
        Methods wanted = one ? methods.at(only) : request.getMethods();
        if (!wanted.getModule().isEmpty()) {
            throw new Refusal(
                    "BAD_REQUEST",
                    "A Java method has no @module.",
                    "Say the class with its package, or use a pattern.");
        }
        MethodMatcher matcher = new MethodMatcher(wanted);
        int number = freeNumber();
        Tracer tracer = tracer(request, number, libraries, log);
        Tracepoint tracepoint = new Tracepoint(request, matcher, number, tracer, only, numbers, modules);
        DyntraceHits.clear(number);
        DyntraceHits.place(number, tracer);
        byName.put(request.getName(), tracepoint);
        try {
            weave(tracepoint, progress);
        } catch (RuntimeException | Error e) {
            take(tracepoint, progress);
            throw e;
        }
        watchRecordings();
    }

    private void weave(Tracepoint tracepoint, Progress progress) {
        Place request = tracepoint.request();
        weaver.place(new Weaving(tracepoint.number(), tracepoint.matcher(), form(request), tracepoint), progress);
        check(request, tracepoint.sites());
    }

    /**
     * Takes one out of all classes and keeps the rest of it, or puts it back; does nothing when that is so already.
     *
     * @param request which, and whether it shall be in the classes
     * @param progress is told how far it is
     * @throws Refusal when no class can have it any more
     */
    public void enable(Switch request, Progress progress) {
        Tracepoint tracepoint = known(request.getName());
        if (request.getOn() == tracepoint.isEnabled()) {
            return;
        }
        if (!request.getOn()) {
            unweave(tracepoint, progress);
            return;
        }
        tracepoint.enable();
        try {
            weave(tracepoint, progress);
        } catch (RuntimeException | Error e) {
            unweave(tracepoint, progress);
            throw e;
        }
        watchRecordings();
    }

    private void unweave(Tracepoint tracepoint, Progress progress) {
        weaver.remove(tracepoint.number(), progress);
        tracepoint.disable();
    }

    private static Form form(Place request) {
        if (!request.getPair()) {
            return tracing(request) ? Form.HIT : Form.COUNT;
        }
        if (request.getJfr()) {
            return Form.TIMED_PAIR;
        }
        return tracing(request) ? Form.PAIR : Form.COUNT_PAIR;
    }

    private static boolean tracing(Place request) {
        return request.getJfr() || request.getTracer() != Place.Tracer.COUNT;
    }

    private static Tracer tracer(Place request, int number, Path libraries, LogFile log) {
        String name = request.getName();
        Tracer first = switch (request.getTracer()) {
            case LOG -> new LogTracer(name, log);
            case LTTNG -> new LttngTracer(name, libraries.resolve("libdyntrace-lttng.so"));
            default -> null;
        };
        if (!request.getJfr()) {
            return first;
        }
        if (ModuleLayer.boot().findModule("jdk.jfr").isEmpty()) {
            throw noFlightRecorder();
        }
        JfrTracer jfr = new JfrTracer(name);
        return first == null ? jfr : new BothTracers(number, first, jfr);
    }

    /** Here, since no class of the tracer jfr can be loaded without the module. */
    private static Refusal noFlightRecorder() {
        return new Refusal(
                "JFR_MISSING",
                "This JVM has no Flight Recorder.",
                "Start it with a runtime that has the module jdk.jfr, or use the tracer log or lttng.");
    }

    private static void check(Place request, List<JvmSite> sites) {
        List<JvmSite> no = sites.stream()
                .filter(site -> !site.getState().equals(Tracepoint.PLACED))
                .toList();
        if (sites.size() > no.size() || request.getWaits()) {
            return;
        }
        if (no.size() == 1) {
            throw new Refusal(
                    no.get(0).getState(),
                    no.get(0).getSymbol() + ": " + no.get(0).getReason(),
                    "Choose another method; see 'dyntrace list-symbols'.");
        }
        if (!no.isEmpty()) {
            throw new Refusal(
                    "NO_SITE",
                    "None of the " + no.size() + " methods that " + request.getLocation()
                            + " stands for can be had; the first: " + no.get(0).getSymbol() + ": "
                            + no.get(0).getReason(),
                    "Choose another method; see 'dyntrace list-symbols'.");
        }
        throw new Refusal(
                "NO_SUCH_SYMBOL",
                "No loaded class has a method " + request.getLocation() + ".",
                "See 'dyntrace list-symbols'; with 'java:' before it, the tracepoint waits for the class to be loaded.");
    }

    /** Numbers are taken in turn, so that a frame that still is in the code of a removed tracepoint does no harm. */
    private int freeNumber() {
        BitSet used = new BitSet();
        byName.values().forEach(tracepoint -> used.set(tracepoint.number()));
        leaving.forEach(tracepoint -> used.set(tracepoint.number()));
        if (used.cardinality() == MOST) {
            throw new Refusal(
                    "TOO_MANY", "The JVM has " + MOST + " tracepoints, the most that it can have.", "Remove some.");
        }
        do {
            next = (next + 1) % MOST;
        } while (used.get(next));
        return next;
    }

    /**
     * Removes one.
     *
     * @param name its name
     * @param progress is told how far it is
     */
    public void remove(String name, Progress progress) {
        take(known(name), progress);
    }

    private void take(Tracepoint tracepoint, Progress progress) {
        weaver.remove(tracepoint.number(), progress);
        DyntraceHits.place(tracepoint.number(), null);
        byName.remove(tracepoint.name());
        if (tracepoint.tracer() != null) {
            leaving.add(tracepoint);
            closeLeft();
        }
    }

    /**
     * Closes the tracers of removed tracepoints that no thread is inside of. A thread that took the tracer before it was taken away said so
     * before the stop of all threads here, or will find none. One that is still inside when the time is over is looked after
     * with the next tracepoint.
     */
    private void closeLeft() {
        if (!Natives.safepoint()) {
            return;
        }
        long end = System.nanoTime() + QUIET_NANOS;
        for (Iterator<Tracepoint> each = leaving.iterator(); each.hasNext(); ) {
            Tracepoint gone = each.next();
            while (DyntraceHits.isInside(gone.number()) && System.nanoTime() - end < 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            if (!DyntraceHits.isInside(gone.number())) {
                each.remove();
                gone.tracer().close();
            }
        }
    }

    /**
     * Removes all, and leaves nothing of the agent in any class. A tracer that a thread does not come out of is left open: its file and
     * memory are never given back.
     *
     * @param progress is told how far it is
     */
    public void close(Progress progress) {
        for (Tracepoint tracepoint : List.copyOf(byName.values())) {
            take(tracepoint, progress);
        }
        closeLeft();
        weaver.close();
    }

    private Tracepoint known(String name) {
        Tracepoint tracepoint = byName.get(name);
        if (tracepoint == null) {
            throw new Refusal(
                    "NO_SUCH_TRACEPOINT",
                    "The JVM has no tracepoint '" + name + "'.",
                    "See 'dyntrace list-tracepoints'.");
        }
        return tracepoint;
    }

    /**
     * Lists them.
     *
     * @param name only this one; empty for all
     * @return with their counts now
     */
    public List<JvmTracepoint> list(String name) {
        List<JvmTracepoint> infos = new ArrayList<>();
        for (Tracepoint tracepoint : byName.values()) {
            if (name.isEmpty() || name.equals(tracepoint.name())) {
                infos.add(tracepoint.info());
            }
        }
        return infos;
    }

    /**
     * Lists the places of one.
     *
     * @param name its name
     * @return its places
     */
    public List<JvmSite> sites(String name) {
        return known(name).sites();
    }

    /** {@return whether there is nothing to look after} */
    public boolean isEmpty() {
        return byName.isEmpty();
    }

    /** Tells recordings that have started what the addresses stand for. */
    public void watchRecordings() {
        for (Tracepoint tracepoint : byName.values()) {
            if (tracepoint.tracer() != null && tracepoint.isEnabled()) {
                tracepoint.tracer().watchRecordings();
            }
        }
    }

    /** Looks at all counts, so that it can be told when they grew. */
    public void look() {
        byName.values().forEach(Tracepoint::look);
    }

    /** Catches classes that were being loaded while a tracepoint was placed. */
    public void rescan() {
        weaver.rescan();
    }
}
