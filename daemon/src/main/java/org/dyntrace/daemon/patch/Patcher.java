package org.dyntrace.daemon.patch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dyntrace.daemon.code.Relocated;
import org.dyntrace.daemon.code.SitePlan;
import org.dyntrace.daemon.code.SitePlanner;
import org.dyntrace.daemon.code.Window;
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
            Prepared prepared = prepare(batch);
            for (int attempt = 1; done.isEmpty(); attempt++) {
                boolean last = attempt == ATTEMPTS;
                ThreadStop.Measured<Optional<List<Change>>> stop = ThreadStop.measure(
                        memory.process(), threads -> perform(prepared, batch, threads, whileStopped, last));
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
                change.place()
                        .current(change.patches().stream().map(Patch::after).toList(), change.trampoline());
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

    /** {@return the bytes of a place that an earlier daemon patched, for each window, if they still jump to memory like an arena's} */
    Optional<List<byte[]>> leadsToUs(SitePlan plan) {
        List<byte[]> now = new ArrayList<>();
        for (Window window : plan.windows()) {
            byte[] bytes = new byte[window.length()];
            if (!memory.tryRead(window.start(), bytes)) {
                return Optional.empty();
            }
            now.add(bytes);
        }
        return plan.destination(now)
                .flatMap(target -> Maps.of(memory.process()).at(target))
                .filter(mapping -> mapping.executable() && mapping.path().isEmpty())
                .map(mapping -> now);
    }

    /** Writes the trampoline; nothing leads there yet. */
    private Change prepare(PatchedPlace place, PendingWrites writes) {
        SitePlan plan = place.plan();
        if (place.attached().isEmpty()) {
            return new Change(place, restore(place), 0, List.of());
        }
        List<Trampoline.Part> parts =
                place.attached().stream().map(PatchedPlace.Attached::part).toList();
        int room = Trampoline.size(parts.size())
                + plan.windows().stream()
                        .mapToInt(window -> 16 * window.length() + 64)
                        .sum();
        long base = arena.allocate(plan.patchAddress(), room);
        // Goroutines have little room on their stacks.
        AgentLayout thunks = plan.module().file().go() ? layout.small() : layout;
        Trampoline.Code code = Trampoline.write(thunks, base, parts);
        ByteBuffer whole = ByteBuffer.allocate(room).put(code.bytes());
        List<Relocated> moved = new ArrayList<>();
        List<Long> copies = new ArrayList<>();
        for (Window window : plan.windows()) {
            copies.add(base + whole.position());
            moved.add(window.codeLength() == 0 ? Relocated.NOTHING : planner.relocate(window, base + whole.position()));
            whole.put(moved.get(moved.size() - 1).bytes());
        }
        writes.put(base, whole.array());
        List<byte[]> jumps = plan.jumps(code.entry(), copies.get(copies.size() - 1));
        List<Patch> patches = new ArrayList<>();
        for (int i = 0; i < jumps.size(); i++) {
            patches.add(new Patch(
                    plan.windows().get(i),
                    place.current().get(i),
                    jumps.get(i),
                    place.original() ? moved.get(i) : null,
                    copies.get(i)));
        }
        return new Change(place, patches, base, targets(parts, code, place.original(), writes));
    }

    private static List<Patch> restore(PatchedPlace place) {
        List<Patch> patches = new ArrayList<>();
        for (Window window : place.plan().windows()) {
            patches.add(new Patch(window, place.current().get(patches.size()), window.bytes(), null, 0));
        }
        return patches;
    }

    /** Where nothing leads yet it is written at once. */
    private static List<Change.Target> targets(
            List<Trampoline.Part> parts, Trampoline.Code code, boolean fresh, PendingWrites writes) {
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
        return targets;
    }

    private void direct(Change.Target target) {
        memory.writeLong(target.structure() + AgentLayout.SITE_TARGET, target.address());
    }

    /** Returns what was done, or nothing if a thread is in the way. Everything here costs the process time: nothing that could be done before. */
    private Optional<List<Change>> perform(
            Prepared prepared,
            Batch batch,
            List<StoppedThread> threads,
            Consumer<List<StoppedThread>> whileStopped,
            boolean last) {
        Prepared ready = prepared.text().isAsBefore() ? prepared : prepare(batch);
        if (batch.isInterruptedInside(threads) || !batch.moveOut(threads)) {
            if (last) {
                throw new Failure(
                        Reason.BUSY_SITE,
                        "A thread stays inside the bytes that the jump would replace.",
                        "Try again, or trace another place of the function.");
            }
            return Optional.empty();
        }
        for (Change change : ready.changes()) {
            change.targets().forEach(this::direct);
        }
        ready.text().write();
        whileStopped.accept(threads);
        return Optional.of(ready.changes());
    }

    /**
     * What is to be written.
     *
     * @param text the pages, with what shall be there
     * @param changes those of the batch that are made
     */
    private record Prepared(TextPages text, List<Change> changes) {}

    private Prepared prepare(Batch batch) {
        TextPages text = new TextPages(memory, batch.patches());
        List<Change> changes = presentIn(text, batch);
        for (Change change : changes) {
            change.patches().forEach(text::put);
        }
        return new Prepared(text, changes);
    }

    /** Those whose bytes are there. Another module may be in the place of a former one now: its bytes are left alone. */
    private List<Change> presentIn(TextPages text, Batch batch) {
        List<Change> present = new ArrayList<>(batch.changes().size());
        for (Change change : batch.changes()) {
            if (change.patches().stream().allMatch(text::held)) {
                present.add(change);
            } else if (change.fresh() || !change.place().isGone(memory)) {
                throw changed(change.place());
            }
        }
        return present;
    }

    private Failure changed(PatchedPlace place) {
        code(place.plan().patchAddress(), new byte[place.plan().window().length()]); // tells if it is not there at all
        return new Failure(
                Reason.FOREIGN_PATCH,
                String.format(
                        "The code at 0x%x has been changed by someone else.",
                        place.plan().patchAddress()),
                "Let that tool take its change out first.");
    }
}
