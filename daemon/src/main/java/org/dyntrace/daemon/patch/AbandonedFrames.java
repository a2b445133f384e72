package org.dyntrace.daemon.patch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dyntrace.daemon.proc.InnerIds;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.StoppedThread;

/**
 * Marks the frames that longjmp left behind: those below their thread's stack pointer. The agent finds them by itself at
 * a thread's next hit; this is for threads that have no next hit.
 */
final class AbandonedFrames {
    private final ProcessMemory memory;
    private final AgentLayout layout;
    private final Counters counters;

    AbandonedFrames(ProcessMemory memory, AgentLayout layout, Counters counters) {
        this.memory = memory;
        this.layout = layout;
        this.counters = counters;
    }

    /** To be called with all threads stopped. */
    void mark(List<StoppedThread> threads) {
        InnerIds inner = InnerIds.of(memory.process());
        Map<Integer, Long> stackPointers = new HashMap<>();
        for (StoppedThread thread : threads) {
            long stackPointer = thread.registers().rsp();
            // On its way into or out of a frame, a thread has that frame's return address just below the stack pointer.
            stackPointers.put(
                    inner.of(thread.tid()),
                    layout.isBetweenFrames(thread.pc()) ? stackPointer - Long.BYTES : stackPointer);
        }
        for (long block : counters.blocks()) {
            Long stackPointer = stackPointers.get(memory.readInt(block));
            long top = memory.readLong(block + AgentLayout.BLOCK_TOP);
            if (stackPointer != null && top != 0) {
                long low = memory.readLong(block + AgentLayout.BLOCK_HOME_LOW);
                long high = memory.readLong(block + AgentLayout.BLOCK_HOME_HIGH);
                if (stackPointer >= low && stackPointer < high) {
                    mark(top, low, stackPointer);
                }
            }
        }
    }

    private void mark(long top, long low, long stackPointer) {
        long slot = top;
        while (slot != 0) {
            long stack = memory.readLong(slot + AgentLayout.SLOT_STACK);
            if (stack >= low && stack < stackPointer) {
                memory.writeLong(slot + AgentLayout.SLOT_STACK, AgentLayout.SLOT_ABANDONED);
            } else if (stack >= stackPointer && stack != AgentLayout.SLOT_FREE) {
                return;
            }
            slot = below(slot);
        }
    }

    private long below(long slot) {
        long page = slot & -AgentLayout.FRAME_PAGE;
        if (slot - AgentLayout.FRAME_SIZE != page) {
            return slot - AgentLayout.FRAME_SIZE;
        }
        long belowPage = memory.readLong(page);
        return belowPage == 0 ? 0 : belowPage + AgentLayout.FRAME_PAGE - AgentLayout.FRAME_SIZE;
    }
}
