package org.dyntrace.daemon.patch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dyntrace.daemon.code.Relocated;
import org.dyntrace.daemon.code.SitePlan;
import org.dyntrace.daemon.code.SitePlanner;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.StoppedThread;
import org.dyntrace.daemon.proc.ThreadStop;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Brings the text of a process in line with what its places hold, in one stop of all its threads. Bytes are compared
 * before they are written; a thread inside bytes that get replaced is moved to their copy.
 */
final class Patcher {
    private static final Logger LOG = System.getLogger(Patcher.class.getName());

    private static final int JUMP = 5;
    private static final int ATTEMPTS = 20;

    private final ProcessMemory memory;
    private final AgentLayout layout;
    private final Arena arena;
    private final SitePlanner planner;

    Patcher(ProcessMemory memory, AgentLayout layout, Arena arena, SitePlanner planner) {
        this.memory = memory;
        this.layout = layout;
        this.arena = arena;
        this.planner = planner;
    }

    /**
     * Applies the places' present lists of tracepoints.
     *
     * @param places the places that changed
     * @param writes what else is to be written before; written too
     * @param whileStopped what else to do with the threads stopped
     */
    void apply(Collection<PatchedPlace> places, PendingWrites writes, Consumer<List<StoppedThread>> whileStopped) {
        List<Change> changes = new ArrayList<>();
        Optional<List<Change>> done = Optional.empty();
        try {
            for (PatchedPlace place : places) {
                changes.add(prepare(place, writes));
            }
            writes.write();
            Batch batch = new Batch(changes);
            // What would end the attempt is seen before anything stands still.
            presentIn(new TextPages(memory, batch.changes()), batch);
            for (int attempt = 1; done.isEmpty(); attempt++) {
                boolean last = attempt == ATTEMPTS;
                ThreadStop.Measured<Optional<List<Change>>> stop =
                        ThreadStop.measure(memory.process(), threads -> perform(batch, threads, whileStopped, last));
                done = stop.result();
                LOG.log(
                        Level.INFO,
                        "process {0}: {1} places, stopped for {2} us",
                        memory.process().pid(),
                        changes.size(),
                        stop.stoppedNanos() / 1000);
            }
            for (Change change : done.get()) {
                arena.retire(change.place().trampoline());
                change.place().current(change.bytes(), change.trampoline());
            }
        } finally {
            for (Change change : changes) {
                if (change.trampoline() != change.place().trampoline()) {
                    arena.retire(change.trampoline());
                }
            }
        }
    }

    /**
     * Reads code.
     *
     * @param address where
     * @param into what to fill with it
     * @throws Failure MODULE_GONE
     */
    void code(long address, byte[] into) {
        if (!memory.tryRead(address, into)) {
            if (!memory.process().isAlive()) {
                throw memory.process().gone();
            }
            throw new Failure(
                    Reason.MODULE_GONE,
                    String.format("The code at 0x%x is gone: the process has just unloaded that library.", address),
                    "Try again when the process has loaded it.");
        }
    }

    /** {@return whether the bytes of a place that an earlier daemon patched still jump to memory like an arena's} */
    boolean leadsToUs(SiteRecord site) {
        byte[] now = new byte[JUMP];
        if (!memory.tryRead(site.patchAddress(), now) || now[0] != (byte) 0xe9) {
            return false;
        }
        long target = site.patchAddress() + JUMP + memory.readInt(site.patchAddress() + 1);
        return Maps.of(memory.process())
                .at(target)
                .filter(mapping -> mapping.executable() && mapping.path().isEmpty())
                .isPresent();
    }

    /** Writes the trampoline; nothing leads there yet. */
    private Change prepare(PatchedPlace place, PendingWrites writes) {
        SitePlan plan = place.plan();
        if (place.attached().isEmpty()) {
            return new Change(place, plan.original(), null, 0, 0, List.of(), false);
        }
        List<Trampoline.Part> parts =
                place.attached().stream().map(PatchedPlace.Attached::part).toList();
        int size = Trampoline.size(parts.size());
        int room = size + 16 * plan.windowLength() + 64;
        long base = arena.allocate(plan.patchAddress(), room);
        Trampoline.Code code = Trampoline.write(layout, base, parts);
        Relocated moved = planner.relocate(plan, code.body());
        byte[] whole = Arrays.copyOf(code.bytes(), room);
        System.arraycopy(moved.bytes(), 0, whole, code.bytes().length, moved.bytes().length);
        writes.put(base, whole);
        boolean fresh = Arrays.equals(place.current(), plan.original());
        List<Change.Target> targets = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).kind() == Trampoline.Kind.ENTER) {
                Change.Target target = new Change.Target(
                        parts.get(i).structure(), code.targets().get(i));
                if (fresh) {
                    writes.putLong(target.structure() + AgentLayout.SITE_TARGET, target.address());
                } else {
                    targets.add(target);
                }
            }
        }
        byte[] patch = new byte[plan.windowLength()];
        Arrays.fill(patch, (byte) 0xcc);
        int distance = Math.toIntExact(code.entry() - (plan.patchAddress() + JUMP));
        patch[0] = (byte) 0xe9;
        for (int i = 0; i < 4; i++) {
            patch[i + 1] = (byte) (distance >> 8 * i);
        }
        return new Change(place, patch, moved, base, code.body(), targets, fresh);
    }

    private void direct(Change.Target target) {
        memory.writeLong(target.structure() + AgentLayout.SITE_TARGET, target.address());
    }

    /** Returns what was done, or nothing if a thread is in the way. Everything here costs the process time: nothing that could be done before. */
    private Optional<List<Change>> perform(
            Batch batch, List<StoppedThread> threads, Consumer<List<StoppedThread>> whileStopped, boolean last) {
        TextPages text = new TextPages(memory, batch.changes());
        List<Change> changes = presentIn(text, batch);
        if (batch.isInterruptedInside(threads) || !batch.moveOut(threads)) {
            if (last) {
                throw new Failure(
                        Reason.BUSY_SITE,
                        "A thread stays inside the bytes that the jump would replace.",
                        "Try again, or trace another place of the function.");
            }
            return Optional.empty();
        }
        for (Change change : changes) {
            change.targets().forEach(this::direct);
            text.put(change.address(), change.bytes());
        }
        text.write();
        whileStopped.accept(threads);
        return Optional.of(changes);
    }

    /** Those whose bytes are there. Another module may be in the place of a former one now: its bytes are left alone. */
    private List<Change> presentIn(TextPages text, Batch batch) {
        List<Change> present = new ArrayList<>(batch.changes().size());
        for (Change change : batch.changes()) {
            if (text.held(change.address(), change.place().current())) {
                present.add(change);
            } else if (change.fresh() || !change.place().isGone(memory)) {
                throw changed(change.place());
            }
        }
        return present;
    }

    private Failure changed(PatchedPlace place) {
        code(place.plan().patchAddress(), new byte[place.plan().windowLength()]); // tells if it is not there at all
        return new Failure(
                Reason.FOREIGN_PATCH,
                String.format(
                        "The code at 0x%x has been changed by someone else.",
                        place.plan().patchAddress()),
                "Let that tool take its change out first.");
    }
}
