package org.dyntrace.agent.tracer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.dyntrace.agent.natives.Natives;

/**
 * The {@code struct dyntrace_site} (layout.h) of each place of one tracepoint, in native memory, as the native tracers take
 * them. Freed when the tracepoint is gone and no thread is inside; threads read them without a lock.
 */
final class NativeSites {
    /** Offsets in the struct, and its size. */
    private static final int ADDRESS = 0;

    private static final int DEVICE = 32;
    private static final int INODE = 40;
    private static final int LINE = 48;
    private static final int LINE_LENGTH = 56;
    private static final int DESCRIPTOR = 60;
    private static final int SIZE = 64;

    private final LogFile file;
    private volatile long[] addresses = new long[8];

    /** Sites that log into a file; null for other tracers. */
    NativeSites(LogFile file) {
        this.file = file;
    }

    /** Makes the one of a site, before any thread can hit it. */
    synchronized void make(int site, long address, String line) {
        byte[] text = line.getBytes(StandardCharsets.UTF_8);
        long structure = Natives.allocate(SIZE + text.length);
        if (structure == 0) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(SIZE + text.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(ADDRESS, address);
        bytes.putLong(DEVICE, file == null ? 0 : file.device());
        bytes.putLong(INODE, file == null ? 0 : file.inode());
        bytes.putLong(LINE, structure + SIZE);
        bytes.putInt(LINE_LENGTH, text.length);
        bytes.putInt(DESCRIPTOR, file == null ? 1 : file.descriptor());
        bytes.put(SIZE, text);
        Natives.write(structure, bytes.array());
        long[] more = addresses;
        if (site >= more.length) {
            more = Arrays.copyOf(more, Math.max(site + 1, 2 * more.length));
        }
        more[site] = structure;
        addresses = more;
    }

    /** Gives the memory back; no thread may be inside. */
    synchronized void free() {
        long[] all = addresses;
        addresses = new long[0];
        for (long structure : all) {
            Natives.free(structure);
        }
    }

    /** {@return its address; 0 if there is none} */
    long of(int site) {
        long[] known = addresses;
        return site < known.length ? known[site] : 0;
    }
}
