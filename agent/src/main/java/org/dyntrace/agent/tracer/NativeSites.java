package org.dyntrace.agent.tracer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.dyntrace.agent.natives.Natives;

/**
 * The {@code struct dyntrace_site} (layout.h) of each place of one tracepoint, in native memory, as the native tracers take
 * them. Never freed while the tracepoint lives; a thread reads them without a lock.
 */
final class NativeSites {
    private static final int SIZE = 72;
    private static final int LINE_OFFSET = 56;

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
        bytes.putLong(0, address);
        bytes.putLong(40, file == null ? 0 : file.device());
        bytes.putLong(48, file == null ? 0 : file.inode());
        bytes.putLong(LINE_OFFSET, structure + SIZE);
        bytes.putInt(64, text.length);
        bytes.putInt(68, file == null ? 1 : file.descriptor());
        bytes.put(SIZE, text);
        Natives.write(structure, bytes.array());
        long[] more = addresses;
        if (site >= more.length) {
            more = Arrays.copyOf(more, Math.max(site + 1, 2 * more.length));
        }
        more[site] = structure;
        addresses = more;
    }

    /** {@return its address; 0 if there is none} */
    long of(int site) {
        long[] known = addresses;
        return site < known.length ? known[site] : 0;
    }
}
