package org.dyntrace.daemon.patch;

import java.util.Arrays;
import org.dyntrace.daemon.proc.ProcessMemory;

/** Reads the counters of a target: the sums over its threads' blocks. The target is not disturbed. */
final class Counters {
    private static final int STEP = 512;

    private final ProcessMemory memory;
    private final AgentLayout layout;

    Counters(ProcessMemory memory, AgentLayout layout) {
        this.memory = memory;
        this.layout = layout;
    }

    /** {@return the addresses of all blocks} */
    long[] blocks() {
        long[] found = new long[0];
        for (int from = 0; from < AgentLayout.BLOCKS; from += STEP) {
            java.nio.LongBuffer words = java.nio.ByteBuffer.wrap(
                            memory.read(layout.blocks() + (long) from * Long.BYTES, STEP * Long.BYTES))
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer();
            int count = 0;
            while (count < STEP && words.get(count) != 0) {
                count++;
            }
            int before = found.length;
            found = Arrays.copyOf(found, before + count);
            words.get(0, found, before, count);
            if (count < STEP) {
                break;
            }
        }
        return found;
    }

    /** {@return hits or entries, exits, lost} */
    long[] read(int counter) {
        long[] sums = new long[3];
        long[] blocks = blocks();
        for (int i = 0; i < sums.length; i++) {
            sums[i] = sum(counter + i, blocks);
        }
        return sums;
    }

    /**
     * {@return one counter, summed over blocks}
     *
     * @param blocks their addresses
     */
    long sum(int counter, long[] blocks) {
        long[] each = memory.readLongs(Arrays.stream(blocks)
                .map(block -> block + AgentLayout.BLOCK_COUNTERS + (long) counter * Long.BYTES)
                .toArray());
        return Arrays.stream(each).sum();
    }

    /** Sets them to 0, before anything counts there. */
    void clear(int counter) {
        for (long block : blocks()) {
            memory.write(block + AgentLayout.BLOCK_COUNTERS + (long) counter * Long.BYTES, new byte[3 * Long.BYTES]);
        }
    }
}
