package org.dyntrace.daemon.patch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dyntrace.daemon.proc.ProcessMemory;

/**
 * Lets the calls that are under way through entry/exit tracepoints return to their callers by themselves: the address of each frame's stub,
 * where it lies on a stack, is replaced by the one that it stands for. To be used with all threads stopped.
 *
 * <p>A thread that is about to enter or leave a frame is not touched: its return address is not on the stack then, or not yet a stub's.
 */
final class OpenFrames {
    /** From a stub to where the function that it calls returns. */
    private static final int CALL = 6;

    private static final int WORDS = AgentLayout.FRAME_SIZE / Long.BYTES;
    private static final int MOST_PAGES = AgentLayout.FRAME_REGION / AgentLayout.FRAME_PAGE;

    private final ProcessMemory memory;
    private final Counters counters;
    private final Map<Long, Frame> byReturnAddress = new HashMap<>();

    private record Frame(long slot, long caller, long stack, boolean home) {}

    OpenFrames(ProcessMemory memory, Counters counters) {
        this.memory = memory;
        this.counters = counters;
    }

    /** {@return whether it could be done for all; false when a frame of another stack than its thread's own is not where it was} */
    boolean release() {
        for (long block : counters.blocks()) {
            long page = memory.readLong(block + AgentLayout.BLOCK_FIRST);
            long low = memory.readLong(block + AgentLayout.BLOCK_HOME_LOW);
            long high = memory.readLong(block + AgentLayout.BLOCK_HOME_HIGH);
            for (int count = 0; page != 0 && count < MOST_PAGES; count++) {
                page = read(page, low, high);
            }
        }
        List<Frame> open = new ArrayList<>();
        byte[] word = new byte[Long.BYTES];
        byReturnAddress.forEach((address, frame) -> {
            if (memory.tryRead(frame.stack, word)
                    && ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getLong() == address) {
                open.add(frame);
            }
        });
        Set<Frame> returned = new HashSet<>();
        for (Frame frame : open) {
            memory.writeLong(frame.stack, caller(frame, returned));
        }
        returned.forEach(frame -> memory.writeLong(frame.slot + AgentLayout.SLOT_STACK, AgentLayout.SLOT_FREE));
        // On its thread's own stack, where a frame's return address is another word now, longjmp has left the frame.
        return byReturnAddress.values().stream().allMatch(frame -> frame.home || returned.contains(frame));
    }

    /** {@return where, in stubs, the calls that were under way would have returned} */
    Set<Long> returnAddresses() {
        return byReturnAddress.keySet();
    }

    /** {@return the next page} */
    private long read(long page, long low, long high) {
        ByteBuffer words =
                ByteBuffer.wrap(memory.read(page, AgentLayout.FRAME_PAGE)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = AgentLayout.FRAME_SIZE; at < AgentLayout.FRAME_PAGE; at += WORDS * Long.BYTES) {
            long stack = words.getLong(at + AgentLayout.SLOT_STACK);
            if (stack != AgentLayout.SLOT_FREE && stack != AgentLayout.SLOT_ABANDONED) {
                long slot = page + at;
                byReturnAddress.put(
                        slot - AgentLayout.FRAME_REGION + CALL,
                        new Frame(slot, words.getLong(at), stack, stack >= low && stack < high));
            }
        }
        return words.getLong(Long.BYTES);
    }

    /** A function that was reached by a jump from another traced one was called by that one's stub: both return at once. */
    private long caller(Frame frame, Set<Frame> returned) {
        long caller = frame.caller;
        returned.add(frame);
        for (Frame outer; (outer = byReturnAddress.get(caller)) != null && returned.add(outer); ) {
            caller = outer.caller;
        }
        return caller;
    }
}
