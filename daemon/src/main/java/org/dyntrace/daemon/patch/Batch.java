package org.dyntrace.daemon.patch;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.dyntrace.daemon.proc.StoppedThread;

/** Changes that are made in one stop, and what can be known of them before it. */
final class Batch {
    /** Bytes of a thread's stack that are looked through for the frame of a signal handler. */
    private static final int STACK_SCAN = 64 * 1024;

    private final List<Change> changes;
    private final NavigableMap<Long, Change> fresh = new TreeMap<>();
    /** Where instructions begin behind the first ones of the windows, ascending. */
    private final long[] inner;

    Batch(List<Change> changes) {
        this.changes = changes.stream()
                .sorted(Comparator.comparingLong(Change::address))
                .toList();
        for (Change change : changes) {
            if (change.fresh()) {
                fresh.put(change.address(), change);
            }
        }
        this.inner = fresh.values().stream()
                .flatMapToLong(change -> IntStream.of(change.place().plan().boundaries())
                        .filter(boundary -> boundary > 0)
                        .mapToLong(boundary -> change.address() + boundary))
                .sorted()
                .toArray();
    }

    /** {@return the changes, by address} */
    List<Change> changes() {
        return changes;
    }

    /** {@return whether a signal handler may return into the replaced bytes: its frame on the stack holds the place} */
    boolean isInterruptedInside(List<StoppedThread> threads) {
        return inner.length > 0
                && threads.stream()
                        .anyMatch(thread ->
                                LongStream.of(thread.stack(STACK_SCAN)).anyMatch(this::isInner));
    }

    private boolean isInner(long word) {
        return word >= inner[0] && word <= inner[inner.length - 1] && Arrays.binarySearch(inner, word) >= 0;
    }

    /** Moves threads that stand inside of replaced bytes; {@return false if one can't be} */
    boolean moveOut(List<StoppedThread> threads) {
        for (StoppedThread thread : threads) {
            // In a system call that is made again, rip is behind it.
            for (long at : new long[] {thread.pc(), thread.registers().rip()}) {
                Map.Entry<Long, Change> near = fresh.floorEntry(at);
                if (near != null && !near.getValue().moveOut(thread)) {
                    return false;
                }
            }
        }
        return true;
    }
}
