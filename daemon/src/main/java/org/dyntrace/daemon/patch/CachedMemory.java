package org.dyntrace.daemon.patch;

import java.util.HashMap;
import java.util.Map;
import org.dyntrace.daemon.code.Memory;
import org.dyntrace.mbeans.Failure;

/** The memory of a process as it was when first read, in large pieces: for looking at many small ones, before anything is changed. */
final class CachedMemory implements Memory {
    private static final int PIECE = 1 << 16;
    private static final byte[] UNREADABLE = {};

    private final Memory memory;
    private final Map<Long, byte[]> pieces = new HashMap<>();

    CachedMemory(Memory memory) {
        this.memory = memory;
    }

    @Override
    public void read(long address, byte[] into) {
        long start = address & -PIECE;
        int from = (int) (address - start);
        byte[] piece = pieces.computeIfAbsent(start, this::piece);
        if (from + into.length <= piece.length) {
            System.arraycopy(piece, from, into, 0, into.length);
        } else {
            memory.read(address, into);
        }
    }

    /** A piece may reach beyond what is mapped. */
    private byte[] piece(long start) {
        byte[] bytes = new byte[PIECE];
        try {
            memory.read(start, bytes);
            return bytes;
        } catch (Failure e) {
            return UNREADABLE;
        }
    }
}
