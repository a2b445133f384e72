package java.lang;

import jdk.internal.misc.Unsafe;

/**
 * Where the code with a tracepoint calls dyntrace. It is in java.lang because every class loader finds what is there and
 * every module may call it.
 *
 * <p>Each platform thread counts in a block of its own: no lock, no atomic operation, no line that two threads write. A
 * block is found by the thread's id in an open-addressed table; the id in the block says whether it is the right one. The
 * hit path calls nothing that could carry a tracepoint itself: only intrinsics, natives and arrays, and no constructor.
 * While a thread is inside a sink, or inside the agent, its hits are dyntrace's own and are ignored.
 *
 * <p>On releases with virtual threads the call of currentThread is replaced by currentCarrierThread when this class is
 * defined.
 */
public final class DyntraceHits {
    /** How many tracepoints there can be. */
    public static final int TRACEPOINTS = 4096;

    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final long TID = UNSAFE.objectFieldOffset(Thread.class, "tid");

    /** A block: its thread's id, whether that is inside of dyntrace, then three counters for each tracepoint. */
    private static final int OWNER = 0;

    private static final int INSIDE = 1;
    private static final int FIRST = 2;
    private static final int EXITS = 1;
    private static final int LOST = 2;
    private static final int COUNTERS = 3;

    private static final int IN_SINK = 1;
    private static final int FOR_GOOD = 2;

    private static final int SMALLEST_BLOCK = FIRST + COUNTERS * 16;
    private static final int SMALLEST_TABLE = 64;

    /** For a thread that has no id yet, and when memory is out: nothing is counted in it. */
    private static final long[] NOWHERE = {0, FOR_GOOD};

    private static final int[] LOCK = {};
    private static long[][] table = new long[SMALLEST_TABLE][];
    private static int blocks;
    private static long[] ended = new long[SMALLEST_BLOCK];
    private static final DyntraceSink[] SINKS = new DyntraceSink[TRACEPOINTS];

    private DyntraceHits() {}

    /**
     * A hit, or an entry, that is only counted.
     *
     * @param tracepoint its number
     */
    public static void count(int tracepoint) {
        int index = FIRST + COUNTERS * tracepoint;
        long[] block = block(index);
        if (block[INSIDE] == 0) {
            block[index]++;
        }
    }

    /**
     * An exit that is only counted.
     *
     * @param tracepoint its number
     */
    public static void countExit(int tracepoint) {
        int index = FIRST + COUNTERS * tracepoint;
        long[] block = block(index);
        if (block[INSIDE] == 0) {
            block[index + EXITS]++;
        }
    }

    /**
     * A hit.
     *
     * @param tracepoint its number
     * @param site index of the place
     */
    public static void hit(int tracepoint, int site) {
        int index = FIRST + COUNTERS * tracepoint;
        long[] block = block(index);
        if (block[INSIDE] != 0) {
            return;
        }
        block[index]++;
        DyntraceSink sink = SINKS[tracepoint];
        if (sink == null) {
            return;
        }
        block[INSIDE] = IN_SINK;
        try {
            if (!sink.hit(site)) {
                block[index + LOST]++;
            }
        } catch (Throwable ours) {
            block[index + LOST]++;
        } finally {
            block[INSIDE] = 0;
        }
    }

    /**
     * An entry.
     *
     * @param tracepoint its number
     * @param site index of the place
     */
    public static void enter(int tracepoint, int site) {
        int index = FIRST + COUNTERS * tracepoint;
        long[] block = block(index);
        if (block[INSIDE] != 0) {
            return;
        }
        block[index]++;
        DyntraceSink sink = SINKS[tracepoint];
        if (sink == null) {
            return;
        }
        block[INSIDE] = IN_SINK;
        try {
            if (!sink.enter(site)) {
                block[index + LOST]++;
            }
        } catch (Throwable ours) {
            block[index + LOST]++;
        } finally {
            block[INSIDE] = 0;
        }
    }

    /**
     * An exit.
     *
     * @param tracepoint its number
     * @param site index of the place
     */
    public static void exit(int tracepoint, int site) {
        int index = FIRST + COUNTERS * tracepoint;
        long[] block = block(index);
        if (block[INSIDE] != 0) {
            return;
        }
        block[index + EXITS]++;
        DyntraceSink sink = SINKS[tracepoint];
        if (sink == null) {
            return;
        }
        block[INSIDE] = IN_SINK;
        try {
            if (!sink.exit(site)) {
                block[index + LOST]++;
            }
        } catch (Throwable ours) {
            block[index + LOST]++;
        } finally {
            block[INSIDE] = 0;
        }
    }

    /**
     * An entry whose exit must be known again.
     *
     * @param tracepoint its number
     * @param site index of the place
     * @return for {@link #end}, may be null
     */
    public static Object begin(int tracepoint, int site) {
        int index = FIRST + COUNTERS * tracepoint;
        long[] block = block(index);
        if (block[INSIDE] != 0) {
            return null;
        }
        block[index]++;
        DyntraceSink sink = SINKS[tracepoint];
        if (sink == null) {
            return null;
        }
        block[INSIDE] = IN_SINK;
        try {
            return sink.begin(site);
        } catch (Throwable ours) {
            block[index + LOST]++;
            return null;
        } finally {
            block[INSIDE] = 0;
        }
    }

    /**
     * The exit to a {@link #begin}.
     *
     * @param token what that returned
     * @param tracepoint its number
     * @param site index of the place
     */
    public static void end(Object token, int tracepoint, int site) {
        int index = FIRST + COUNTERS * tracepoint;
        long[] block = block(index);
        if (block[INSIDE] != 0) {
            return;
        }
        block[index + EXITS]++;
        DyntraceSink sink = SINKS[tracepoint];
        if (sink == null) {
            return;
        }
        block[INSIDE] = IN_SINK;
        try {
            sink.end(site, token);
        } catch (Throwable ours) {
            block[index + LOST]++;
        } finally {
            block[INSIDE] = 0;
        }
    }

    /** The block of the thread that calls, with room for a tracepoint's counters. */
    private static long[] block(int index) {
        long id = UNSAFE.getLong(Thread.currentThread(), TID);
        long[][] all = table;
        long[] block = all[(int) id & all.length - 1];
        if (block != null && block[OWNER] == id && index < block.length) {
            return block;
        }
        return find(id, index);
    }

    private static long[] find(long id, int index) {
        if (id == 0) {
            return NOWHERE;
        }
        long[] block = search(table, id);
        if (block != null && index < block.length) {
            return block;
        }
        if (block != null && block[INSIDE] != 0) {
            // Whoever is inside will put back its mark in this very block.
            return NOWHERE;
        }
        try {
            return join(id, index);
        } catch (Throwable outOfMemory) {
            return NOWHERE;
        }
    }

    private static long[] search(long[][] all, long id) {
        int mask = all.length - 1;
        int at = (int) id & mask;
        for (int tries = 0; tries <= mask; tries++) {
            long[] block = all[at];
            if (block == null) {
                return null;
            }
            if (block[OWNER] == id) {
                return block;
            }
            at = at + 1 & mask;
        }
        return null;
    }

    /** Gives the thread that calls a block, or a longer one. */
    private static long[] join(long id, int index) {
        synchronized (LOCK) {
            long[] old = search(table, id);
            int length = old == null ? SMALLEST_BLOCK : old.length;
            while (length <= index) {
                length = FIRST + 2 * (length - FIRST);
            }
            long[] block = new long[length];
            block[OWNER] = id;
            if (old != null) {
                System.arraycopy(old, 0, block, 0, old.length);
            } else if (2 * (blocks + 1) > table.length) {
                table = copyOf(table, 2 * table.length);
            }
            UNSAFE.storeFence();
            put(table, block);
            if (old == null) {
                blocks++;
            }
            return block;
        }
    }

    private static long[][] copyOf(long[][] from, int length) {
        long[][] to = new long[length][];
        for (int i = 0; i < from.length; i++) {
            if (from[i] != null) {
                put(to, from[i]);
            }
        }
        UNSAFE.storeFence();
        return to;
    }

    private static void put(long[][] all, long[] block) {
        int mask = all.length - 1;
        int at = (int) block[OWNER] & mask;
        while (all[at] != null && all[at][OWNER] != block[OWNER]) {
            at = at + 1 & mask;
        }
        all[at] = block;
    }

    /**
     * Says what is done at a tracepoint's hits.
     *
     * @param tracepoint its number
     * @param sink what is done; null: they are only counted
     */
    public static void place(int tracepoint, DyntraceSink sink) {
        UNSAFE.storeFence();
        SINKS[tracepoint] = sink;
    }

    /**
     * Sets a tracepoint's counters to 0.
     *
     * @param tracepoint its number
     */
    public static void clear(int tracepoint) {
        int index = FIRST + COUNTERS * tracepoint;
        synchronized (LOCK) {
            for (long[] block : table) {
                clear(block, index);
            }
            clear(ended, index);
        }
    }

    private static void clear(long[] block, int index) {
        if (block != null && index < block.length) {
            block[index] = 0;
            block[index + EXITS] = 0;
            block[index + LOST] = 0;
        }
    }

    /**
     * Reads a tracepoint's counters.
     *
     * @param tracepoint its number
     * @return hits or entries, exits, lost ones
     */
    public static long[] read(int tracepoint) {
        int index = FIRST + COUNTERS * tracepoint;
        long[] sum = new long[COUNTERS];
        synchronized (LOCK) {
            for (long[] block : table) {
                add(sum, 0, block, index);
            }
            add(sum, 0, ended, index);
        }
        return sum;
    }

    private static void add(long[] to, int at, long[] block, int index) {
        if (block != null && index < block.length) {
            for (int i = 0; i < COUNTERS; i++) {
                to[at + i] += block[index + i];
            }
        }
    }

    /** {@return how many threads have counted here, ended ones included until they are retired} */
    public static int blocks() {
        return blocks;
    }

    /**
     * Keeps the sums of threads that have ended, and forgets the threads.
     *
     * @param alive ids of all platform threads, in ascending order
     */
    public static void retire(long[] alive) {
        synchronized (LOCK) {
            long[][] left = new long[table.length][];
            int count = 0;
            for (long[] block : table) {
                if (block == null) {
                    continue;
                }
                if (contains(alive, block[OWNER])) {
                    put(left, block);
                    count++;
                } else {
                    end(block);
                }
            }
            UNSAFE.storeFence();
            table = left;
            blocks = count;
        }
    }

    private static boolean contains(long[] sorted, long id) {
        for (long each : sorted) {
            if (each == id) {
                return true;
            }
        }
        return false;
    }

    private static void end(long[] block) {
        if (ended.length < block.length) {
            long[] longer = new long[block.length];
            System.arraycopy(ended, 0, longer, 0, ended.length);
            ended = longer;
        }
        for (int i = FIRST; i < block.length; i++) {
            ended[i] += block[i];
        }
    }

    /** {@return whether a thread is inside a sink now} */
    public static boolean isBusy() {
        for (long[] block : table) {
            if (block != null && block[INSIDE] == IN_SINK) {
                return true;
            }
        }
        return false;
    }

    /** The thread that calls is dyntrace's own: its hits never count. */
    public static void ignoreThisThread() {
        block(FIRST)[INSIDE] = FOR_GOOD;
    }

    /**
     * The thread that calls does something for dyntrace: until {@link #resume} its hits don't count.
     *
     * @return what resume takes
     */
    public static boolean pause() {
        long[] block = block(FIRST);
        boolean counted = block[INSIDE] == 0;
        if (counted) {
            block[INSIDE] = IN_SINK;
        }
        return counted;
    }

    /**
     * It goes on with the program's work.
     *
     * @param counted what {@link #pause} returned
     */
    public static void resume(boolean counted) {
        if (counted) {
            block(FIRST)[INSIDE] = 0;
        }
    }

    /**
     * Reads native memory.
     *
     * @param address of an int, valid
     * @return the int
     */
    public static int readInt(long address) {
        return UNSAFE.getInt(address);
    }

    /**
     * Reads native memory.
     *
     * @param address of a long, valid
     * @return the long
     */
    public static long readLong(long address) {
        return UNSAFE.getLong(address);
    }
}
