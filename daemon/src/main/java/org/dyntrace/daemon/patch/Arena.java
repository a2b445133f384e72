package org.dyntrace.daemon.patch;

import java.util.ArrayList;
import java.util.List;
import org.dyntrace.daemon.link.NativeLink;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Memory of the target for trampolines and site structures, near the code that jumps there. Readable and executable;
 * only the daemon writes it. What is handed out is never taken back: a thread may be inside at any time.
 */
final class Arena {
    /** A jump reaches 2 GiB; what the moved instructions refer to must be in reach as well. */
    private static final long REACH = 1L << 30;

    private static final int CHUNK = 256 * 1024;
    private static final int ATTEMPTS = 8;

    private final NativeLink link;
    private final List<Chunk> chunks = new ArrayList<>();

    Arena(NativeLink link) {
        this.link = link;
    }

    /**
     * Finds room.
     *
     * @param near an address within 1 GiB
     * @param size bytes, 1 to 65536
     * @return the room's address, a multiple of 16
     */
    long allocate(long near, int size) {
        for (Chunk chunk : chunks) {
            if (Math.abs(chunk.start - near) < REACH && chunk.used + size <= CHUNK) {
                return chunk.take(size);
            }
        }
        Chunk chunk = map(near);
        chunks.add(chunk);
        return chunk.take(size);
    }

    private Chunk map(long near) {
        Failure last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long gap = Maps.of(link.process())
                    .gapNear(near, CHUNK, REACH - CHUNK)
                    .orElseThrow(() -> new Failure(
                            Reason.NO_ROOM,
                            String.format("No memory is free within reach of 0x%x.", near),
                            "Trace another function; this process has no room near this one."));
            try {
                return new Chunk(link.map(gap, CHUNK, true));
            } catch (Failure taken) {
                // The process may have mapped something there meanwhile.
                last = taken;
            }
        }
        throw last;
    }

    private static final class Chunk {
        private final long start;
        private int used;

        Chunk(long start) {
            this.start = start;
        }

        long take(int size) {
            long at = start + used;
            used = used + size + 15 & -16;
            return at;
        }
    }
}
