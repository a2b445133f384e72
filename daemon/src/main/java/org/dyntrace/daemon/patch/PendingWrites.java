package org.dyntrace.daemon.patch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.dyntrace.daemon.proc.ProcessMemory;

/** What is to be written to an arena before anything leads there: neighbouring pieces go with one call of the kernel. */
final class PendingWrites {
    /** Pieces of an arena begin at multiples of this; what lies between two of them is the first one's. */
    private static final int ALIGNMENT = 16;

    private static final int LONGEST = 1 << 18;

    private final ProcessMemory memory;
    private final TreeMap<Long, byte[]> pieces = new TreeMap<>();

    PendingWrites(ProcessMemory memory) {
        this.memory = memory;
    }

    /** These bytes shall be there, all of a piece of an arena. */
    void put(long address, byte[] bytes) {
        pieces.put(address, bytes);
    }

    /** Eight bytes, little-endian, of a piece that waits here, or of one that was written before. */
    void putLong(long address, long value) {
        Map.Entry<Long, byte[]> piece = pieces.floorEntry(address);
        if (piece != null && address + Long.BYTES <= piece.getKey() + piece.getValue().length) {
            ByteBuffer.wrap(piece.getValue())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong((int) (address - piece.getKey()), value);
        } else {
            memory.writeLong(address, value);
        }
    }

    /** Writes all of it. */
    void write() {
        byte[] run = new byte[LONGEST];
        long start = 0;
        int size = 0;
        for (Map.Entry<Long, byte[]> piece : pieces.entrySet()) {
            long distance = piece.getKey() - start;
            byte[] bytes = piece.getValue();
            if (size > 0 && (distance - size >= ALIGNMENT || distance + bytes.length > LONGEST)) {
                memory.write(start, Arrays.copyOf(run, size));
                Arrays.fill(run, 0, size, (byte) 0);
                size = 0;
            }
            if (size == 0) {
                start = piece.getKey();
            }
            int at = (int) (piece.getKey() - start);
            System.arraycopy(bytes, 0, run, at, bytes.length);
            size = at + bytes.length;
        }
        if (size > 0) {
            memory.write(start, Arrays.copyOf(run, size));
        }
        pieces.clear();
    }
}
