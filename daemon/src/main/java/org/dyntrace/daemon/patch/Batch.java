package org.dyntrace.daemon.patch;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.dyntrace.daemon.proc.StoppedThread;

/** Changes that are made in one stop, and what can be known of them before it. */
final class Batch {
    /** Bytes of a thread's stack that are looked through for the frame of a signal handler. */
    private static final int STACK_SCAN = 64 * 1024;

    private final List<Change> changes;
    private final List<Patch> patches;
    private final NavigableMap<Long, Patch> fresh = new TreeMap<>();
    /** Jumps to which another one leads, and which go away. */
    private final Map<Long, Change> passing = new HashMap<>();
    /** Where a thread may stand inside of what is replaced, ascending. */
    private final long[] inner;

    Batch(List<Change> changes) {
        this.changes = changes;
        this.patches = changes.stream()
                .flatMap(change -> change.patches().stream())
                .sorted(Comparator.comparingLong(patch -> patch.window().start()))
                .toList();
        for (Patch patch : patches) {
            if (patch.fresh()) {
                fresh.put(patch.window().start(), patch);
            }
        }
        for (Change change : changes) {
            if (change.restores() && change.place().plan().island().isPresent()) {
                passing.put(change.place().plan().jumpAddress(), change);
            }
        }
        this.inner = LongStream.concat(
                        patches.stream().flatMapToLong(patch -> LongStream.of(patch.inner())),
                        passing.keySet().stream().mapToLong(Long::longValue))
                .sorted()
                .toArray();
    }

    List<Change> changes() {
        return changes;
    }

    /** {@return what is written, by address} */
    List<Patch> patches() {
        return patches;
    }

    /** {@return whether a signal handler may return into the replaced bytes: its frame on the stack holds the place} */
    boolean isInterruptedInside(List<StoppedThread> threads) {
        return inner.length > 0 && threads.stream().anyMatch(thread -> isInside(thread, thread.stack(STACK_SCAN)));
    }

    /** A thread in a tracer may be on a stack of ours, and have come from another one. */
    private boolean isInside(StoppedThread thread, long[] stack) {
        for (int i = 0; i < stack.length; i++) {
            if (isInner(stack[i])) {
                return true;
            }
            if (stack[i] == AgentLayout.STACK_MAGIC && i + 1 < stack.length && stack[i + 1] != 0) {
                return LongStream.of(thread.stack(stack[i + 1], STACK_SCAN)).anyMatch(this::isInner);
            }
        }
        return false;
    }

    private boolean isInner(long word) {
        return word >= inner[0] && word <= inner[inner.length - 1] && Arrays.binarySearch(inner, word) >= 0;
    }

    /** Moves threads that stand inside of replaced bytes; {@return false if one can't be} */
    boolean moveOut(List<StoppedThread> threads) {
        for (StoppedThread thread : threads) {
            // In a system call that is made again, rip is behind it.
            for (long at : new long[] {thread.pc(), thread.registers().rip()}) {
                Map.Entry<Long, Patch> near = fresh.floorEntry(at);
                if (near != null && !near.getValue().moveOut(thread)) {
                    return false;
                }
                Change leaving = passing.get(at);
                if (leaving != null && !leaving.passOn(thread)) {
                    return false;
                }
            }
        }
        return true;
    }
}
