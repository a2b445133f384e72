package org.dyntrace.daemon.patch;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** One mapping of an {@link Arena}: which pieces are free, handed out, or retired. */
final class Chunk {
    /** Bytes. */
    static final int SIZE = 256 * 1024;

    private final long start;
    private final NavigableMap<Long, Integer> free = new TreeMap<>();
    private final NavigableMap<Long, Integer> taken = new TreeMap<>();
    private final NavigableMap<Long, Integer> retired = new TreeMap<>();
    /** No free piece is larger. */
    private int bound = SIZE;

    /**
     * A chunk that is free as a whole.
     *
     * @param start its address in the target, a multiple of 16
     */
    Chunk(long start) {
        this.start = start;
        free.put(start, SIZE);
    }

    long start() {
        return start;
    }

    long retiredBytes() {
        return retired.values().stream().mapToLong(Integer::longValue).sum();
    }

    /** {@return the address of a free piece, handed out by this; 0 if there is none of that size} */
    long take(int size) {
        int rounded = size + 15 & -16;
        if (rounded > bound) {
            return 0;
        }
        Optional<Long> found = free.entrySet().stream()
                .filter(piece -> piece.getValue() >= rounded)
                .map(Map.Entry::getKey)
                .findFirst();
        if (found.isEmpty()) {
            bound = rounded - 1;
            return 0;
        }
        long at = found.get();
        int rest = free.remove(at) - rounded;
        if (rest > 0) {
            free.put(at + rounded, rest);
        }
        taken.put(at, rounded);
        return at;
    }

    void retire(long address) {
        Integer size = taken.remove(address);
        if (size != null) {
            retired.put(address, size);
        }
    }

    /** Frees what is retired and not in use. */
    void reclaim(Function<NavigableMap<Long, Integer>, Set<Long>> stillUsed) {
        if (retired.isEmpty()) {
            return;
        }
        Set<Long> used = stillUsed.apply(retired);
        retired.entrySet().removeIf(piece -> {
            boolean ended = !used.contains(piece.getKey());
            if (ended) {
                release(piece.getKey(), piece.getValue());
            }
            return ended;
        });
    }

    private void release(long address, int size) {
        long from = address;
        int all = size;
        Map.Entry<Long, Integer> before = free.lowerEntry(from);
        if (before != null && before.getKey() + before.getValue() == from) {
            from = before.getKey();
            all += before.getValue();
        }
        Integer behind = free.remove(address + size);
        if (behind != null) {
            all += behind;
        }
        free.put(from, all);
        bound = SIZE;
    }
}
