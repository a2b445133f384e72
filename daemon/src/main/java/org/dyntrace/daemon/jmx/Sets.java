package org.dyntrace.daemon.jmx;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dyntrace.daemon.access.AccessRule;
import org.dyntrace.daemon.access.Accounts;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessTable;
import org.dyntrace.daemon.sets.KeptSet;
import org.dyntrace.daemon.sets.KeptSets;
import org.dyntrace.daemon.sets.ProgramKeys;
import org.dyntrace.daemon.sets.Restarts;
import org.dyntrace.daemon.sets.Unfinished;
import org.dyntrace.mbeans.AppliedInfo;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.KeptSetInfo;
import org.dyntrace.mbeans.ProgramKey;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SavedTracepoint;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.TracepointSet;

/** Sets of tracepoints: written down, applied all or nothing, and kept for processes to come. */
public final class Sets implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Sets.class.getName());

    private final Targets targets;
    private final KeptSets kept;
    private final Unfinished unfinished;
    private final Restarts restarts;
    private final AccessRule rule;

    /**
     * No set yet, but those that an earlier daemon has kept.
     *
     * @param targets the processes
     * @param directories where it writes
     * @param rule who may use the daemon
     */
    public Sets(Targets targets, Directories directories, AccessRule rule) {
        this.targets = targets;
        this.kept = new KeptSets(directories.kept());
        this.unfinished = new Unfinished(directories.run());
        this.restarts = new Restarts(kept, directories.run(), this::applyAgain);
        this.rule = rule;
        targets.onceAttached(
                (bean, tracepoints) -> unfinished.takeAway(bean.process(), tracepoints, name -> takeAway(bean, name)));
    }

    /**
     * Where sets are written.
     *
     * @param run what is needed as long as the machine runs
     * @param kept the sets that are kept
     */
    public record Directories(Path run, Path kept) {}

    /** Looks for processes that a kept set is for. */
    public void lookForRestarts() {
        try {
            unfinished.expire();
            restarts.look();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "kept sets can't be applied", e);
        }
    }

    @Override
    public void close() {
        restarts.close();
    }

    String save(List<String> wanted) {
        List<ProcessBean> beans = wanted.isEmpty()
                ? targets.all()
                : wanted.stream().map(targets::find).toList();
        Map<ProgramKey, SavedPart> parts = new LinkedHashMap<>();
        for (ProcessBean bean : beans) {
            SavedPart.of(bean).ifPresent(part -> parts.merge(part.key(), part, SavedPart::with));
        }
        List<SavedPart> all =
                parts.values().stream().filter(part -> !part.isEmpty()).toList();
        if (all.isEmpty()) {
            throw new Failure(
                    Reason.NO_SUCH_TRACEPOINT,
                    "There is no tracepoint to save.",
                    "Place some with 'dyntrace add' first.");
        }
        return SavedPart.text(all);
    }

    List<AppliedInfo> apply(String text, List<String> wanted, String keepAs) {
        Caller caller = Caller.current();
        LOG.log(Level.INFO, "{0}: apply {1}{2}", caller, wanted, keepAs.isEmpty() ? "" : " and keep as " + keepAs);
        TracepointSet set = TracepointSet.parse(text);
        if (!keepAs.isEmpty()) {
            kept.check(keepAs, caller);
        }
        List<ProcessId> only = wanted.stream().map(ProcessTable::find).toList();
        List<Share> shares = new ArrayList<>();
        for (TracepointSet.Part part : set.parts()) {
            shares.addAll(shares(part, only, !keepAs.isEmpty()));
        }
        for (ProcessId process : only) {
            if (shares.stream().noneMatch(share -> share.process().equals(process))) {
                throw new Failure(
                        Reason.NO_SUCH_PROCESS,
                        "The set has nothing for process " + process.pid() + ".",
                        "It is for: "
                                + set.parts().stream()
                                        .map(part -> part.key().name())
                                        .collect(Collectors.joining(", ")) + ".");
            }
        }
        List<AppliedInfo> applied = place(shares);
        if (!keepAs.isEmpty()) {
            keep(keepAs, caller, set, shares);
        }
        return applied;
    }

    /** They have it now; and none comes twice. */
    private void keep(String name, Caller caller, TracepointSet set, List<Share> shares) {
        shares.forEach(share -> restarts.note(name, share.process()));
        kept.keep(name, caller, set);
    }

    List<KeptSetInfo> list() {
        return kept.all().stream()
                .map(set -> new KeptSetInfo(set.name(), set.uid(), set.set().toString()))
                .toList();
    }

    void forget(String name) {
        LOG.log(Level.INFO, "{0}: forget {1}", Caller.current(), name);
        kept.forget(name, Caller.current());
    }

    /** What one process is to get. */
    private record Share(ProcessId process, String name, List<SavedTracepoint> tracepoints) {}

    private static List<Share> shares(TracepointSet.Part part, List<ProcessId> only, boolean mayBeNone) {
        List<ProcessFacts> running = ProgramKeys.running(part.key()).stream()
                .filter(facts -> only.isEmpty() || only.contains(facts.process()))
                .toList();
        List<Share> shares = running.stream()
                .filter(facts -> ProgramKeys.isOfBuild(facts, part.key()))
                .map(facts -> new Share(facts.process(), facts.name(), part.tracepoints()))
                .toList();
        if (shares.isEmpty() && !running.isEmpty()) {
            throw new Failure(
                    Reason.BUILD_DIFFERS,
                    "Process " + running.get(0).process().pid() + " runs another build of "
                            + part.key().name() + " than the set is for.",
                    "Look whether its functions are still the same, and change or leave out the build id in the set.");
        }
        if (shares.isEmpty() && only.isEmpty() && !mayBeNone) {
            throw new Failure(
                    Reason.NO_SUCH_PROCESS,
                    "No process runs " + part.key().name() + ".",
                    "Start it first, or apply the set with --persistent: then it waits.");
        }
        return shares;
    }

    private void applyAgain(KeptSet set, ProcessId process) {
        Caller keeper = Accounts.of(set.uid(), set.gid());
        if (!rule.permits(keeper)) {
            throw new Failure(
                    Reason.NOT_PERMITTED,
                    "User " + set.uid() + ", who keeps the set " + set.name() + ", may not use dyntrace any more.",
                    "Give it up with 'dyntrace forget " + set.name() + "'.");
        }
        Caller.doFor(keeper, () -> {
            LOG.log(Level.INFO, "{0}: apply {1} to {2}", keeper, set.name(), process.pid());
            List<Share> shares = new ArrayList<>();
            for (TracepointSet.Part part : set.set().parts()) {
                shares.addAll(shares(part, List.of(process), true));
            }
            return place(shares);
        });
    }

    private List<AppliedInfo> place(List<Share> shares) {
        List<Placed> placed = new ArrayList<>();
        Map<ProcessId, AppliedInfo> infos = new LinkedHashMap<>();
        try (Unfinished.Entry record = unfinished.begin()) {
            try {
                for (Share share : shares) {
                    targets.attach(share.process());
                    ProcessBean bean =
                            targets.find(Integer.toString(share.process().pid()));
                    infos.put(share.process(), place(share, bean, record, placed));
                }
            } catch (RuntimeException e) {
                throw undone(e, placed);
            }
        }
        return List.copyOf(infos.values());
    }

    private record Placed(ProcessBean bean, String name) {}

    private static AppliedInfo place(Share share, ProcessBean bean, Unfinished.Entry record, List<Placed> placed) {
        List<String> fresh = new ArrayList<>();
        List<String> present = new ArrayList<>();
        List<TracepointInfo> known = bean.listTracepoints();
        for (SavedTracepoint one : share.tracepoints()) {
            if (known.stream().anyMatch(one::isLike)) {
                present.add(one.name());
                continue;
            }
            String name = bean.nameFor(one.name());
            record.willPlace(bean.process(), name);
            try {
                bean.add(
                        one.location().toString(),
                        one.entryExit(),
                        name,
                        one.tracer().tracer().word(),
                        one.tracer().words());
            } catch (Failure failure) {
                throw new Failure(
                        failure.reason(),
                        "Process " + share.process().pid() + " (" + share.name() + ") can't have '" + one.location()
                                + "': " + failure.getMessage(),
                        failure.hint(),
                        failure);
            }
            placed.add(new Placed(bean, name));
            fresh.add(name);
        }
        return new AppliedInfo(share.process().pid(), share.name(), fresh, present);
    }

    /** Takes back what was placed; {@return what to tell} */
    private static RuntimeException undone(RuntimeException why, List<Placed> placed) {
        List<String> stay = new ArrayList<>();
        for (int i = placed.size() - 1; i >= 0; i--) {
            Placed one = placed.get(i);
            try {
                one.bean().remove(one.name());
            } catch (Failure failure) {
                // It has ended: nothing stays.
                if (one.bean().process().isAlive()) {
                    LOG.log(Level.WARNING, "a part of a set stays", failure);
                    stay.add(one.bean().process().pid() + ":" + one.name());
                }
            }
        }
        if (!(why instanceof Failure failure)) {
            return why;
        }
        String outcome =
                stay.isEmpty() ? " Nothing of the set was placed." : " These stay: " + String.join(", ", stay) + ".";
        return new Failure(failure.reason(), failure.getMessage() + outcome, failure.hint(), failure);
    }

    private static void takeAway(ProcessBean bean, String name) {
        try {
            bean.remove(name);
            LOG.log(
                    Level.INFO,
                    "removed {0}:{1}, of a set that was not placed to its end",
                    bean.process().pid(),
                    name);
        } catch (Failure wasNotPlaced) {
            LOG.log(Level.DEBUG, name, wasNotPlaced);
        }
    }
}
