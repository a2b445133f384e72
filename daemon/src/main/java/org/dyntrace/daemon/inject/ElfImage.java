package org.dyntrace.daemon.inject;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.dyntrace.daemon.proc.ProcessMemory;

/**
 * A program or library as it lies in a target's memory. Its file may be deleted or out of sight; what the loader mapped is there.
 * Addresses are the target's.
 */
public final class ElfImage {
    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int SYMBOL = 24;
    private static final long DT_STRTAB = 5;
    private static final long DT_SYMTAB = 6;
    private static final long DT_GNU_HASH = 0x6ffffef5L;
    private static final long PAGE = 4096;

    private final ProcessMemory memory;
    private final long base;
    private final List<Segment> segments = new ArrayList<>();
    private long bias;
    private long symbols;
    private long strings;
    private long gnuHash;

    /**
     * A piece of the file that is mapped.
     *
     * @param start its first address
     * @param fileEnd the address after what comes from the file
     * @param memoryEnd the address after all of it
     * @param executable whether it is code
     */
    record Segment(long start, long fileEnd, long memoryEnd, boolean executable) {}

    /**
     * Reads its headers.
     *
     * @param base where its first page lies
     */
    public ElfImage(ProcessMemory memory, long base) {
        this.memory = memory;
        this.base = base;
        byte[] header = new byte[HEADER];
        if (memory.tryRead(base, header) && header[0] == 0x7f && header[1] == 'E' && header[4] == 2) {
            ByteBuffer fields = little(header);
            readProgramHeaders(base + fields.getLong(32), fields.getShort(56));
        }
    }

    long base() {
        return base;
    }

    List<Segment> segments() {
        return segments;
    }

    private void readProgramHeaders(long address, int count) {
        byte[] bytes = new byte[count * PROGRAM_HEADER];
        if (!memory.tryRead(address, bytes)) {
            return;
        }
        ByteBuffer fields = little(bytes);
        boolean hasBias = false;
        for (int at = 0; at < bytes.length; at += PROGRAM_HEADER) {
            if (fields.getInt(at) == LOAD && !hasBias) {
                bias = base - (fields.getLong(at + 16) & -PAGE);
                hasBias = true;
            }
        }
        for (int at = 0; at < bytes.length; at += PROGRAM_HEADER) {
            long start = bias + fields.getLong(at + 16);
            if (fields.getInt(at) == LOAD) {
                segments.add(new Segment(
                        start,
                        start + fields.getLong(at + 32),
                        start + fields.getLong(at + 40),
                        (fields.getInt(at + 4) & 1) != 0));
            } else if (fields.getInt(at) == DYNAMIC) {
                readDynamic(start, (int) fields.getLong(at + 40));
            }
        }
    }

    private void readDynamic(long address, int size) {
        byte[] bytes = new byte[size];
        if (!memory.tryRead(address, bytes)) {
            return;
        }
        ByteBuffer fields = little(bytes);
        for (int at = 0; at + 16 <= size && fields.getLong(at) != 0; at += 16) {
            long tag = fields.getLong(at);
            // The loader has made most of these absolute, but not in every kind of object.
            long value = fields.getLong(at + 8);
            long absolute = Long.compareUnsigned(value, base) < 0 ? value + bias : value;
            if (tag == DT_STRTAB) {
                strings = absolute;
            } else if (tag == DT_SYMTAB) {
                symbols = absolute;
            } else if (tag == DT_GNU_HASH) {
                gnuHash = absolute;
            }
        }
    }

    /** {@return the address of a symbol that it defines, the first of several versions, or 0} */
    public long symbol(String name) {
        if (gnuHash == 0 || symbols == 0 || strings == 0) {
            return 0;
        }
        byte[] wanted = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        int hash = hash(name);
        ByteBuffer header = little(memory.read(gnuHash, 16));
        int buckets = header.getInt(0);
        int firstSymbol = header.getInt(4);
        long bucketTable = gnuHash + 16 + 8L * header.getInt(8);
        int index = memory.readInt(bucketTable + 4L * Integer.remainderUnsigned(hash, buckets));
        if (index < firstSymbol) {
            return 0;
        }
        long chain = bucketTable + 4L * buckets - 4L * firstSymbol;
        for (; ; index++) {
            int entry = memory.readInt(chain + 4L * index);
            if ((entry | 1) == (hash | 1)) {
                ByteBuffer symbol = little(memory.read(symbols + (long) SYMBOL * index, SYMBOL));
                byte[] found = new byte[wanted.length];
                boolean isDefined = symbol.getShort(6) != 0;
                if (isDefined
                        && memory.tryRead(strings + Integer.toUnsignedLong(symbol.getInt(0)), found)
                        && java.util.Arrays.equals(wanted, found)) {
                    return bias + symbol.getLong(8);
                }
            }
            if ((entry & 1) != 0) {
                return 0;
            }
        }
    }

    private static int hash(String name) {
        int hash = 5381;
        for (int i = 0; i < name.length(); i++) {
            hash = hash * 33 + name.charAt(i);
        }
        return hash;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
