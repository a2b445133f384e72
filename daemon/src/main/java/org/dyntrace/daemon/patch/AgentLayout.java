package org.dyntrace.daemon.patch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Where the agent's parts are in one target. The C twin is natives/src/main/c/agent/layout.h.
 *
 * @param anchor address of the anchor
 * @param blocks address of the list of pointers to the threads' blocks
 * @param blockTls %fs offset of the thread's block pointer
 * @param claim address of the thunk that finds a thread's block
 * @param hit address of the thunk for points
 * @param enter address of the thunk for entries
 * @param log address of the log tracer
 * @param stubs address of the frames' stubs
 * @param loads address of the tracer that tells of loaded libraries
 * @param claimSmall as claim, for code that may run on a small stack
 * @param hitSmall as hit, for such code
 */
record AgentLayout(
        long anchor,
        long blocks,
        int blockTls,
        long claim,
        long hit,
        long enter,
        long log,
        long stubs,
        long loads,
        long claimSmall,
        long hitSmall) {
    static final int VERSION = 4;
    static final int COUNTERS = 6144;
    static final int BLOCKS = 8192;

    /** Size of a site structure. */
    static final int SITE = 64;

    static final int SITE_TARGET = 16;
    static final int SITE_FLAGS = 28;
    static final int FLAG_VECTOR = 1;
    static final int FLAG_DEAD = 2;
    static final int FLAG_LOCKED = 4;
    static final int FLAG_BASELINE = 8;

    static final int BLOCK_IN_TRACER = 4;
    static final int BLOCK_TOP = 8;
    static final int BLOCK_FIRST = 16;
    static final int BLOCK_HOME_LOW = 24;
    static final int BLOCK_HOME_HIGH = 32;
    static final int BLOCK_COUNTERS = 64;

    static final int FRAME_REGION = 0x1000000;
    static final int FRAME_PAGE = 4096;
    static final int FRAME_SIZE = 32;
    static final int SLOT_STACK = 24;
    static final long SLOT_FREE = -1;
    static final long SLOT_ABANDONED = 1;

    private static final int LTTNG_TRACER = 64;
    private static final int LTTNG_PROBES = 72;
    private static final int JOURNAL = 80;
    private static final int STUBS = 88;
    private static final int LOADS_TRACER = 96;
    private static final int LOADS = 104;
    private static final int LOADS_SEEN = 108;
    private static final int CLAIM_SMALL = 112;
    private static final int HIT_SMALL = 120;
    private static final int CHUNKS = 128;
    private static final int CHUNK_COUNT = 136;
    private static final int THREAD = 140;
    private static final int STACK = 144;
    private static final int STACK_SIZE = 152;
    private static final int SIZE = 160;
    private static final int MOST_CHUNKS = 4096;

    /** The last word but one of a stack of the agent's own; the last is the stack pointer that the thread came with. */
    static final long STACK_MAGIC = 0x6b63617473797964L;

    /** Bytes that hold the whole of the thunk for entries. */
    private static final int ENTER_SIZE = 256;

    static AgentLayout read(ProcessMemory memory, long anchor) {
        ByteBuffer bytes = ByteBuffer.wrap(memory.read(anchor, SIZE)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        bytes.get(magic);
        if (!"DYNTRACE".equals(new String(magic, StandardCharsets.US_ASCII)) || bytes.getInt(8) != VERSION) {
            throw new Failure(
                    Reason.UNSUPPORTED,
                    "The agent in process " + memory.process().pid() + " is of another version.",
                    "Restart that process, or use the daemon that its agent came with.");
        }
        return new AgentLayout(
                anchor,
                bytes.getLong(16),
                (int) bytes.getLong(24),
                bytes.getLong(32),
                bytes.getLong(40),
                bytes.getLong(48),
                bytes.getLong(56),
                bytes.getLong(STUBS),
                bytes.getLong(LOADS_TRACER),
                bytes.getLong(CLAIM_SMALL),
                bytes.getLong(HIT_SMALL));
    }

    /**
     * {@return whether a thread there may be about to enter or to leave a frame whose return address is not on the stack}
     *
     * @param pc its next instruction
     */
    boolean isBetweenFrames(long pc) {
        return pc >= enter && pc - enter < ENTER_SIZE || pc >= stubs && pc - stubs < FRAME_REGION;
    }

    /** {@return the same for code that may run on a small stack} */
    AgentLayout small() {
        return new AgentLayout(
                anchor, blocks, blockTls, claimSmall, hitSmall, enter, log, stubs, loads, claimSmall, hitSmall);
    }

    /** {@return the lttng tracer; 0 until it is loaded} */
    long lttngTracer(ProcessMemory memory) {
        return memory.readLong(anchor + LTTNG_TRACER);
    }

    /** {@return a value that changes when an LTTng recording starts} */
    long lttngListeners(ProcessMemory memory) {
        long word = memory.readLong(anchor + LTTNG_PROBES);
        return word == 0 ? 0 : memory.readLong(word);
    }

    /** {@return how often libraries were loaded, as far as it was counted} */
    int loadCount(ProcessMemory memory) {
        return memory.readInt(anchor + LOADS);
    }

    /** Lets the threads go on that have loaded libraries. */
    void loadsSeen(ProcessMemory memory, int upTo) {
        memory.writeInt(anchor + LOADS_SEEN, upTo);
    }

    /** {@return the executable memory that was mapped for trampolines, this daemon's and earlier ones': address and size in bytes} */
    NavigableMap<Long, Integer> chunks(ProcessMemory memory) {
        NavigableMap<Long, Integer> chunks = new TreeMap<>();
        int count = Math.min(memory.readInt(anchor + CHUNK_COUNT), MOST_CHUNKS);
        long at = memory.readLong(anchor + CHUNKS);
        for (int i = 0; i < count; i++, at += 2 * Long.BYTES) {
            chunks.put(memory.readLong(at), (int) memory.readLong(at + Long.BYTES));
        }
        return chunks;
    }

    /** {@return the tid of the agent's own thread} */
    int thread(ProcessMemory memory) {
        return memory.readInt(anchor + THREAD);
    }

    /** {@return where that thread's stack begins} */
    long stack(ProcessMemory memory) {
        return memory.readLong(anchor + STACK);
    }

    /** {@return its size, bytes} */
    long stackSize(ProcessMemory memory) {
        return memory.readLong(anchor + STACK_SIZE);
    }

    /** {@return address of the word with the address of the newest journal entry} */
    long journal() {
        return anchor + JOURNAL;
    }
}
