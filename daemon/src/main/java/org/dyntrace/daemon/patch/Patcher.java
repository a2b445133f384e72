package org.dyntrace.daemon.patch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private static final int JUMP = 5;
    private static final int ATTEMPTS = 20;
    private static final int STACK_SCAN = 64 * 1024;

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
     * @param whileStopped what else to do with the threads stopped
     */
    void apply(Collection<PatchedPlace> places, Consumer<List<StoppedThread>> whileStopped) {
        List<Change> changes = new ArrayList<>();
        boolean done = false;
        try {
            for (PatchedPlace place : places) {
                changes.add(prepare(place));
            }
            for (int attempt = 1; !done; attempt++) {
                boolean last = attempt == ATTEMPTS;
                done = ThreadStop.run(memory.process(), threads -> perform(changes, threads, whileStopped, last));
            }
        } finally {
            for (Change change : changes) {
                if (change.trampoline != change.place.trampoline()) {
                    arena.retire(change.trampoline);
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
    private Change prepare(PatchedPlace place) {
        SitePlan plan = place.plan();
        if (place.attached().isEmpty()) {
            return new Change(place, plan.original(), null, 0, 0, List.of());
        }
        List<Trampoline.Part> parts =
                place.attached().stream().map(PatchedPlace.Attached::part).toList();
        int size = Trampoline.size(parts.size());
        long base = arena.allocate(plan.patchAddress(), size + 16 * plan.windowLength() + 64);
        Trampoline.Code code = Trampoline.write(layout, base, parts);
        Relocated moved = planner.relocate(plan, code.body());
        byte[] whole = Arrays.copyOf(code.bytes(), code.bytes().length + moved.bytes().length);
        System.arraycopy(moved.bytes(), 0, whole, code.bytes().length, moved.bytes().length);
        memory.write(base, whole);
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).kind() == Trampoline.Kind.ENTER) {
                targets.add(new Target(parts.get(i).structure(), code.targets().get(i)));
            }
        }
        byte[] patch = new byte[plan.windowLength()];
        Arrays.fill(patch, (byte) 0xcc);
        int distance = Math.toIntExact(code.entry() - (plan.patchAddress() + JUMP));
        patch[0] = (byte) 0xe9;
        for (int i = 0; i < 4; i++) {
            patch[i + 1] = (byte) (distance >> 8 * i);
        }
        return new Change(place, patch, moved, base, code.body(), targets);
    }

    private boolean perform(
            List<Change> wanted,
            List<StoppedThread> threads,
            Consumer<List<StoppedThread>> whileStopped,
            boolean last) {
        // Another module may be there now: its bytes are left alone.
        List<Change> changes = wanted.stream()
                .filter(change -> change.isFresh() || !change.place.isGone(memory))
                .toList();
        for (Change change : changes) {
            compare(change.place);
        }
        List<Change> fresh = changes.stream().filter(Change::isFresh).toList();
        if (isInterruptedInside(fresh, threads) || !moveOut(fresh, threads)) {
            if (last) {
                throw new Failure(
                        Reason.BUSY_SITE,
                        "A thread stays inside the bytes that the jump would replace.",
                        "Try again, or trace another place of the function.");
            }
            return false;
        }
        for (Change change : changes) {
            for (Target target : change.targets) {
                memory.writeLong(target.structure + AgentLayout.SITE_TARGET, target.address);
            }
        }
        int written = 0;
        try {
            for (Change change : changes) {
                memory.write(change.place.plan().patchAddress(), change.bytes);
                written++;
            }
        } catch (RuntimeException e) {
            for (Change change : changes.subList(0, written)) {
                memory.write(change.place.plan().patchAddress(), change.place.current());
            }
            throw e;
        }
        for (Change change : changes) {
            arena.retire(change.place.trampoline());
            change.place.current(change.bytes, change.trampoline);
        }
        whileStopped.accept(threads);
        return true;
    }

    private void compare(PatchedPlace place) {
        long at = place.plan().patchAddress();
        byte[] now = new byte[place.plan().windowLength()];
        code(at, now);
        if (!Arrays.equals(now, place.current())) {
            throw new Failure(
                    Reason.FOREIGN_PATCH,
                    String.format("The code at 0x%x has been changed by someone else.", at),
                    "Let that tool take its change out first.");
        }
    }

    private static boolean moveOut(List<Change> fresh, List<StoppedThread> threads) {
        for (StoppedThread thread : threads) {
            for (Change change : fresh) {
                SitePlan plan = change.place.plan();
                boolean moved = thread.relocate(plan.patchAddress(), plan.windowEnd(), pc -> {
                    int at = change.moved.newOffset((int) (pc - plan.patchAddress()));
                    return at < 0 ? 0 : change.body + at;
                });
                if (!moved) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether a signal handler may return into the replaced bytes: its frame on the stack holds the place. */
    private static boolean isInterruptedInside(List<Change> fresh, List<StoppedThread> threads) {
        Set<Long> inner = new HashSet<>();
        for (Change change : fresh) {
            SitePlan plan = change.place.plan();
            for (int boundary : plan.boundaries()) {
                if (boundary > 0) {
                    inner.add(plan.patchAddress() + boundary);
                }
            }
        }
        return !inner.isEmpty()
                && threads.stream()
                        .anyMatch(thread ->
                                Arrays.stream(thread.stack(STACK_SCAN)).anyMatch(inner::contains));
    }

    private record Target(long structure, long address) {}

    private record Change(
            PatchedPlace place, byte[] bytes, Relocated moved, long trampoline, long body, List<Target> targets) {
        /** {@return whether the original instructions are still there} */
        boolean isFresh() {
            return moved != null && Arrays.equals(place.current(), place.plan().original());
        }
    }
}
