package java.lang;

import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;

/**
 * What woven code calls, and the counters of all tracepoints. Lies in java.base, where every class of every class loader finds it.
 *
 * <p>Counters are per thread, so that a hit needs no lock, no atomic instruction and no allocation and is still counted exactly: each
 * platform thread has a block of its own, written by that thread alone. The block is found by the thread's id in a table that is only
 * ever replaced by one that holds the same living threads. A virtual thread counts in the block of its carrier; it can't leave it
 * within a hit.
 *
 * <p>Nothing here may call a method that could itself carry a tracepoint: only natives, and bytecodes.
 */
public final class DyntraceHits {
    /** Numbers of tracepoints are below this. */
    public static final int TRACEPOINTS = 4096;

    // A block: the thread's id; how often it is inside the agent, with 1 + the tracepoint whose sink that is in the
    // upper half; then the
    // counters of tracepoint 0, 1, …
    private static final int TID = 0;
    private static final int INSIDE = 1;
    private static final int FIRST = 2;
    private static final int SINK_SHIFT = 32;
    // The counters of a tracepoint.
    private static final int ENTRIES = 0;
    private static final int EXITS = 1;
    private static final int LOST = 2;
    private static final int COUNTERS = 3;

    private static final int SMALLEST_BLOCK = 256;
    private static final int LARGEST_BLOCK = FIRST + TRACEPOINTS * COUNTERS;
    /** How often to look whether the lock is free before sleeping, and how often to sleep; then its holder is taken to be suspended. */
    private static final int LOOKS = 1000;

    private static final int SLEEPS = 2000;
    private static final long SLEEP_NANOSECONDS = 100_000;

    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final long TID_OFFSET = UNSAFE.objectFieldOffset(Thread.class, "tid");
    /** Of a field that is not 0 from before a thread's first instruction until after its last. */
    private static final long ALIVE_OFFSET = UNSAFE.objectFieldOffset(Thread.class, "eetop");

    private static final long LOCK_OFFSET;
    private static final long FIRST_LONG;
    private static final long LONGS = 8;

    private static final DyntraceSink[] SINKS = new DyntraceSink[TRACEPOINTS];
    /** Of threads that have no block: not yet constructed, out of memory. Added to atomically. */
    private static final long[] SHARED = new long[LARGEST_BLOCK];
    /** Sums of the threads that ended; written under the lock. */
    private static final long[] ENDED = new long[LARGEST_BLOCK];
    /** What the counters were when a tracepoint got its number. Blocks of other threads are never written. */
    private static final long[] BASE = new long[LARGEST_BLOCK];

    private static volatile int lock;
    /** Open-addressed by thread id; a power of 2. Not volatile: a thread that reads an older one finds the same block there. */
    private static long[][] blocks = new long[64][];
    /** Whose blocks these are; under the lock. */
    private static Thread[] owners = new Thread[64];
    /** How many there are; under the lock. */
    private static int used;

    static {
        try {
            LOCK_OFFSET = UNSAFE.staticFieldOffset(DyntraceHits.class.getDeclaredField("lock"));
            // An int until JDK 24, a long after it.
            FIRST_LONG =
                    ((Number) Unsafe.class.getField("ARRAY_LONG_BASE_OFFSET").get(null)).longValue();
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private DyntraceHits() {}

    /**
     * A point was hit, or a method entered, and is only counted.
     *
     * @param tracepoint its number
     */
    @ForceInline
    public static void count(int tracepoint) {
        count(FIRST + tracepoint * COUNTERS + ENTRIES, carrier());
    }

    /**
     * A method was entered that also calls {@link #countExit}.
     *
     * @param tracepoint its number
     */
    @ForceInline
    public static void countEntry(int tracepoint) {
        room();
        count(FIRST + tracepoint * COUNTERS + ENTRIES, carrier());
    }

    /**
     * A method was left, which is only counted.
     *
     * @param tracepoint its number
     */
    @ForceInline
    public static void countExit(int tracepoint) {
        count(FIRST + tracepoint * COUNTERS + EXITS, carrier());
    }

    /**
     * A point was hit.
     *
     * @param tracepoint its number
     * @param site index of the site in it
     */
    public static void hit(int tracepoint, int site) {
        Thread carrier = carrier();
        long[] block = count(FIRST + tracepoint * COUNTERS + ENTRIES, carrier);
        if (block == null || SINKS[tracepoint] == null) {
            return;
        }
        boolean pinned = enter(block, carrier, tracepoint);
        boolean recorded = false;
        try {
            DyntraceSink sink = SINKS[tracepoint];
            recorded = sink == null || sink.hit(site);
        } catch (Throwable swallowed) {
            // The program's method must go on as if we were not here.
        }
        leave(block, pinned, recorded, tracepoint);
    }

    /**
     * A method was entered.
     *
     * @param tracepoint its number
     * @param site index of the site in it
     */
    public static void enter(int tracepoint, int site) {
        room();
        Thread carrier = carrier();
        long[] block = count(FIRST + tracepoint * COUNTERS + ENTRIES, carrier);
        if (block == null || SINKS[tracepoint] == null) {
            return;
        }
        boolean pinned = enter(block, carrier, tracepoint);
        boolean recorded = false;
        try {
            DyntraceSink sink = SINKS[tracepoint];
            recorded = sink == null || sink.enter(site);
        } catch (Throwable swallowed) {
            // As in hit.
        }
        leave(block, pinned, recorded, tracepoint);
    }

    /**
     * A method was left.
     *
     * @param tracepoint its number
     * @param site index of the site in it
     */
    public static void exit(int tracepoint, int site) {
        Thread carrier = carrier();
        long[] block = count(FIRST + tracepoint * COUNTERS + EXITS, carrier);
        if (block == null || SINKS[tracepoint] == null) {
            return;
        }
        boolean pinned = enter(block, carrier, tracepoint);
        boolean recorded = false;
        try {
            DyntraceSink sink = SINKS[tracepoint];
            recorded = sink == null || sink.exit(site);
        } catch (Throwable swallowed) {
            // As in hit.
        }
        leave(block, pinned, recorded, tracepoint);
    }

    /**
     * A method was entered whose calls are recorded as one event.
     *
     * @param tracepoint its number
     * @param site index of the site in it
     * @return what the sink wants to have at the end of this call, null if nothing
     */
    public static Object begin(int tracepoint, int site) {
        room();
        Thread carrier = carrier();
        long[] block = count(FIRST + tracepoint * COUNTERS + ENTRIES, carrier);
        if (block == null || SINKS[tracepoint] == null) {
            return null;
        }
        boolean pinned = enter(block, carrier, tracepoint);
        boolean recorded = false;
        Object token = null;
        try {
            DyntraceSink sink = SINKS[tracepoint];
            token = sink == null ? null : sink.begin(site);
            recorded = true;
        } catch (Throwable swallowed) {
            // As in hit.
        }
        leave(block, pinned, recorded, tracepoint);
        return token;
    }

    /**
     * Such a method was left.
     *
     * @param token what {@link #begin} returned
     * @param tracepoint its number
     * @param site index of the site in it
     */
    public static void end(Object token, int tracepoint, int site) {
        Thread carrier = carrier();
        long[] block = count(FIRST + tracepoint * COUNTERS + EXITS, carrier);
        if (block == null || SINKS[tracepoint] == null) {
            return;
        }
        boolean pinned = enter(block, carrier, tracepoint);
        boolean recorded = false;
        try {
            DyntraceSink sink = SINKS[tracepoint];
            if (sink != null) {
                sink.end(site, token);
            }
            recorded = true;
        } catch (Throwable swallowed) {
            // As in hit.
        }
        leave(block, pinned, recorded, tracepoint);
    }

    /**
     * Says what hits of a tracepoint do besides counting.
     *
     * @param tracepoint its number
     * @param sink null: nothing
     */
    public static void place(int tracepoint, DyntraceSink sink) {
        UNSAFE.fullFence();
        SINKS[tracepoint] = sink;
        UNSAFE.fullFence();
    }

    /**
     * Whether a thread is inside the sink that a tracepoint had. To be asked after {@link #place} with null and a safepoint: a thread writes
     * to its block that it is inside and then reads the sink, with no safepoint of compiled code between; so at the safepoint it has
     * done both or will find no sink, or it is known to be inside.
     *
     * @param tracepoint its number
     * @return false: its sink is not in use any more
     */
    public static boolean isInside(int tracepoint) {
        acquire();
        try {
            for (long[] block : blocks) {
                if (block != null
                        && UNSAFE.getLongVolatile(block, FIRST_LONG + INSIDE * LONGS) >>> SINK_SHIFT
                                == tracepoint + 1L) {
                    return true;
                }
            }
            return false;
        } finally {
            lock = 0;
        }
    }

    /**
     * For a sink that is called now, by the thread that calls it: an event of a {@link DyntraceSink#begin} or {@link DyntraceSink#end} was
     * not recorded.
     *
     * @param tracepoint whose sink it is
     */
    public static void lost(int tracepoint) {
        Thread carrier = carrier();
        long[] block = block(carrier, SMALLEST_BLOCK);
        int at = FIRST + tracepoint * COUNTERS + LOST;
        if (block != null && at < block.length) {
            block[at]++;
        }
    }

    /**
     * Lets the counters of a tracepoint begin at 0.
     *
     * @param tracepoint its number
     */
    public static void clear(int tracepoint) {
        acquire();
        try {
            for (int at = FIRST + tracepoint * COUNTERS, i = 0; i < COUNTERS; i++) {
                BASE[at + i] = sum(at + i);
            }
        } finally {
            lock = 0;
        }
    }

    /**
     * The counters of a tracepoint since {@link #clear}, without disturbing the threads that count.
     *
     * @param tracepoint its number
     * @return hits or entries, exits, and how many of both together were not recorded by the sink
     */
    public static long[] read(int tracepoint) {
        long[] counters = new long[COUNTERS];
        acquire();
        try {
            // Exits first: in a snapshot of running threads they must not be more than the entries.
            for (int at = FIRST + tracepoint * COUNTERS, i = COUNTERS - 1; i >= 0; i--) {
                counters[i] = sum(at + i) - BASE[at + i];
            }
        } finally {
            lock = 0;
        }
        return counters;
    }

    /**
     * Frees the blocks of threads that have ended; their counts are kept. Happens by itself when the table is full; to be called now and
     * then so that ended threads don't keep what they refer to.
     */
    public static void retire() {
        acquire();
        try {
            int living = living();
            if (living < used) {
                rebuild(capacity(living), true);
            }
        } finally {
            lock = 0;
        }
    }

    /**
     * The agent leaves: from now on no thread is known here but those that are inside a sink or load a class, so that none is kept when it
     * ends. Blocks that some still see are theirs alone.
     */
    public static void forgetThreads() {
        long own = UNSAFE.getLong(carrier(), TID_OFFSET);
        acquire();
        try {
            for (int i = 0; i < blocks.length; i++) {
                if (blocks[i] != null && (blocks[i][INSIDE] == 0 || blocks[i][TID] == own)) {
                    owners[i] = null;
                }
            }
            rebuild(capacity(living()), true);
        } finally {
            lock = 0;
        }
    }

    /** The thread that calls is dyntrace's own: its hits never count. */
    public static void ignoreThisThread() {
        pause();
    }

    /**
     * The thread that calls does something for dyntrace: until {@link #resume} its hits don't count. May be nested.
     *
     * @return what resume takes
     */
    public static long[] pause() {
        Thread carrier = carrier();
        long[] block = block(carrier, SMALLEST_BLOCK);
        if (block != null) {
            block[INSIDE]++;
            if (carrier != Thread.currentThread()) {
                pin();
            }
        }
        return block;
    }

    /**
     * It goes on with the program's work.
     *
     * @param paused what {@link #pause} returned
     */
    public static void resume(long[] paused) {
        if (paused != null) {
            if (carrier() != Thread.currentThread()) {
                unpin();
            }
            paused[INSIDE]--;
        }
    }

    /** {@return how many threads have a block: those that have counted, ended ones included until {@link #retire}} */
    public static int blocks() {
        return used;
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

    /** The block if it counted this, null if this is no hit of the program, or the sink can't be called. */
    @ForceInline
    private static long[] count(int at, Thread carrier) {
        long tid = UNSAFE.getLong(carrier, TID_OFFSET);
        long[][] table = blocks;
        long[] block = table[(int) tid & (table.length - 1)];
        // There must be room for the counter of losses too.
        if (block == null || block[TID] != tid || at >= block.length - LOST) {
            return countSlowly(at, carrier);
        }
        if (block[INSIDE] != 0) {
            return null;
        }
        block[at]++;
        return block;
    }

    /** The first hit of a thread, of a tracepoint with a higher number than before, or of a thread whose id collides with another's. */
    @DontInline
    private static long[] countSlowly(int at, Thread carrier) {
        long[] block = block(carrier, at + COUNTERS);
        if (block == null) {
            addToShared(at);
            if (SINKS[(at - FIRST) / COUNTERS] != null) {
                addToShared(at - (at - FIRST) % COUNTERS + LOST);
            }
            return null;
        }
        if (block[INSIDE] != 0) {
            return null;
        }
        block[at]++;
        return block;
    }

    private static void addToShared(int at) {
        long offset = FIRST_LONG + at * LONGS;
        long was;
        do {
            was = UNSAFE.getLongVolatile(SHARED, offset);
        } while (!UNSAFE.compareAndSetLong(SHARED, offset, was, was + 1));
    }

    @ForceInline
    private static boolean enter(long[] block, Thread carrier, int tracepoint) {
        // Before the sink is read: see isInside.
        block[INSIDE] = (tracepoint + 1L) << SINK_SHIFT;
        if (carrier == Thread.currentThread()) {
            return false;
        }
        // A sink that waits for something must not take the virtual thread to another carrier, nor let this one run
        // others.
        pin();
        return true;
    }

    @ForceInline
    private static void leave(long[] block, boolean pinned, boolean recorded, int tracepoint) {
        if (pinned) {
            unpin();
        }
        block[INSIDE] = 0;
        if (!recorded) {
            block[FIRST + tracepoint * COUNTERS + LOST]++;
        }
    }

    /**
     * Throws StackOverflowError unless there is more stack left than an exit will need: an entry for which the stack suffices must not
     * be without its exit. Is given some hundred local variables when this class is defined; whoever calls it, compiled or not, must
     * have room for them.
     */
    @DontInline
    private static void room() {}

    /** The platform thread that runs this. The call in here is replaced where there are virtual threads. */
    @ForceInline
    private static Thread carrier() {
        return Thread.currentThread();
    }

    /** Keeps a virtual thread on its carrier. The body is made where there are virtual threads. */
    private static void pin() {}

    /** The end of {@link #pin}. */
    private static void unpin() {}

    /**
     * The block of the current thread, made if there is none, longer if it is too short.
     *
     * @return null if there can't be one: no id yet, no memory, no stack, or the lock is not to be had. Unless the thread is inside
     *     the agent the block has that length
     */
    private static long[] block(Thread carrier, int length) {
        long tid = UNSAFE.getLong(carrier, TID_OFFSET);
        if (tid == 0) {
            return null;
        }
        long[][] table = blocks;
        int at = find(table, tid);
        long[] block = table[at];
        if (block != null && (block.length >= length || block[INSIDE] != 0)) {
            return block;
        }
        if (!tryAcquire()) {
            return null;
        }
        try {
            return block == null ? add(carrier, tid, roomy(length)) : extend(tid, roomy(length));
        } catch (OutOfMemoryError | StackOverflowError e) {
            return null;
        } finally {
            lock = 0;
        }
    }

    private static int roomy(int length) {
        int size = SMALLEST_BLOCK;
        while (size < length) {
            size <<= 1;
        }
        return size;
    }

    private static long[] add(Thread carrier, long tid, int length) {
        if (used >= blocks.length / 4) {
            rebuild(capacity(living() + 1), true);
        }
        while (collides(tid) && blocks.length < 64 * (used + 16)) {
            rebuild(blocks.length * 2, false);
        }
        long[] block = new long[length];
        block[TID] = tid;
        int at = find(blocks, tid);
        owners[at] = carrier;
        blocks[at] = block;
        used++;
        return block;
    }

    /** Then its hits would all go the slow way. */
    private static boolean collides(long tid) {
        return blocks[(int) tid & (blocks.length - 1)] != null;
    }

    private static long[] extend(long tid, int length) {
        int at = find(blocks, tid);
        long[] longer = new long[length];
        long[] block = blocks[at];
        for (int i = 0; i < block.length; i++) {
            longer[i] = block[i];
        }
        blocks[at] = longer;
        return longer;
    }

    /** Where the block of a thread is, or would be. */
    private static int find(long[][] table, long tid) {
        int at = (int) tid & (table.length - 1);
        while (table[at] != null && table[at][TID] != tid) {
            at = (at + 1) & (table.length - 1);
        }
        return at;
    }

    private static int capacity(int threads) {
        int capacity = 64;
        while (capacity < threads * 8) {
            capacity <<= 1;
        }
        return capacity;
    }

    private static int living() {
        int living = 0;
        for (Thread owner : owners) {
            living += owner != null && isAlive(owner) ? 1 : 0;
        }
        return living;
    }

    /** Not Thread.isAlive, which may carry a tracepoint. */
    private static boolean isAlive(Thread thread) {
        return UNSAFE.getLongVolatile(thread, ALIVE_OFFSET) != 0;
    }

    /** Another table with the same blocks; the old one stays as it is for those who still read it. */
    private static void rebuild(int capacity, boolean endedLeave) {
        long[][] table = new long[capacity][];
        Thread[] threads = new Thread[capacity];
        long[][] left = new long[used][];
        int leaving = 0;
        int kept = 0;
        for (int i = 0; i < blocks.length; i++) {
            long[] block = blocks[i];
            if (block == null) {
                continue;
            }
            if (endedLeave && (owners[i] == null || !isAlive(owners[i]))) {
                left[leaving++] = block;
            } else {
                int at = find(table, block[TID]);
                table[at] = block;
                threads[at] = owners[i];
                kept++;
            }
        }
        UNSAFE.fullFence();
        // No call from here on, for which the stack might not suffice: all of this is done, or nothing.
        for (long[] block : left) {
            for (int i = FIRST; block != null && i < block.length && i < LARGEST_BLOCK; i++) {
                ENDED[i] += block[i];
            }
        }
        owners = threads;
        used = kept;
        blocks = table;
    }

    private static long sum(int at) {
        long sum = ENDED[at] + UNSAFE.getLongVolatile(SHARED, FIRST_LONG + at * LONGS);
        for (long[] block : blocks) {
            if (block != null && at < block.length) {
                sum += block[at];
            }
        }
        return sum;
    }

    /** For the agent's threads, which may let others run. */
    @SuppressWarnings("ThreadPriorityCheck") // only ever waits for some hundred instructions of another thread
    private static void acquire() {
        while (!tryAcquire()) {
            Thread.yield();
        }
    }

    /** Not a monitor: those of java.base may be what is traced, and need stack to be released. This one is by lock = 0. */
    private static boolean tryAcquire() {
        return tryWithoutSleep() || tryWithSleep();
    }

    private static boolean tryWithoutSleep() {
        for (int i = 0; i < LOOKS; i++) {
            if (lock == 0 && UNSAFE.compareAndSetInt(DyntraceHits.class, LOCK_OFFSET, 0, 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean tryWithSleep() {
        boolean acquired = false;
        try {
            for (int i = 0; i < SLEEPS && !acquired; i++) {
                UNSAFE.park(false, SLEEP_NANOSECONDS);
                acquired = tryWithoutSleep();
            }
            // The sleep may have taken a permit that was the program's. One too many does no harm: who parks must
            // expect that.
            UNSAFE.unpark(carrier());
            return acquired;
        } catch (StackOverflowError e) {
            if (acquired) {
                lock = 0;
            }
            return false;
        }
    }
}
