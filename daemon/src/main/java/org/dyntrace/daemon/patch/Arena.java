package org.dyntrace.daemon.patch;

import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.dyntrace.daemon.link.NativeLink;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Memory of the target for trampolines and site structures, near the code that jumps there. Readable and executable;
 * only the daemon writes it. What is retired may still have a thread inside: it is used again when none can be, and that
 * is looked into only when there is no other room.
 */
final class Arena {
    /** A jump reaches 2 GiB; what the moved instructions refer to must be in reach as well. */
    private static final long REACH = 1L << 30;

    /** Less than this is not worth a stop of all threads, bytes. */
    private static final long WORTH_A_STOP = Chunk.SIZE / 4;

    private final NativeLink link;
    private final Function<NavigableMap<Long, Integer>, Set<Long>> stillUsed;
    private final NavigableMap<Long, Chunk> byStart = new TreeMap<>();

    /**
     * An arena without memory.
     *
     * @param link to the target's agent
     * @param stillUsed of some pieces (address and size in bytes), tells the addresses of those in use
     */
    Arena(NativeLink link, Function<NavigableMap<Long, Integer>, Set<Long>> stillUsed) {
        this.link = link;
        this.stillUsed = stillUsed;
    }

    /**
     * Finds room.
     *
     * @param near an address within 1 GiB
     * @param size bytes, 1 to 65536
     * @return the room's address, a multiple of 16
     */
    long allocate(long near, int size) {
        Collection<Chunk> inReach =
                byStart.subMap(near - REACH, false, near + REACH, false).values();
        long at = take(inReach, size);
        if (at == 0 && inReach.stream().mapToLong(Chunk::retiredBytes).sum() >= WORTH_A_STOP) {
            inReach.forEach(chunk -> chunk.reclaim(stillUsed));
            at = take(inReach, size);
        }
        if (at == 0) {
            Chunk chunk = map(near);
            byStart.put(chunk.start(), chunk);
            at = chunk.take(size);
        }
        return at;
    }

    private static long take(Collection<Chunk> chunks, int size) {
        for (Chunk chunk : chunks) {
            long at = chunk.take(size);
            if (at != 0) {
                return at;
            }
        }
        return 0;
    }

    /**
     * Gives room back that nothing leads to any more, though a thread may still be there.
     *
     * @param address what {@link #allocate} returned, or an address that an earlier daemon got: then nothing happens
     */
    void retire(long address) {
        Map.Entry<Long, Chunk> holder = byStart.floorEntry(address);
        if (holder != null) {
            holder.getValue().retire(address);
        }
    }

    /** {@return whether a mapping holds some of this memory} */
    boolean isIn(Mapping mapping) {
        return !byStart.subMap(mapping.start(), mapping.end()).isEmpty();
    }

    private Chunk map(long near) {
        return new Chunk(NearMemory.map(
                link,
                near,
                Chunk.SIZE,
                REACH,
                true,
                () -> new Failure(
                        Reason.NO_ROOM,
                        String.format("No memory is free within reach of 0x%x.", near),
                        "Trace another function; this process has no room near this one.")));
    }
}
