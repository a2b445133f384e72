package org.dyntrace.daemon.patch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.Registers;
import org.dyntrace.daemon.proc.StoppedThread;

/**
 * Which pieces of memory stopped threads may still need, though no jump leads there any more: those that a register, a word on
 * a stack or a frame's slot points into.
 *
 * <p>Stacks are read from the stack pointer to their end. A signal handler's frame, known by the address that it returns
 * to, may stand on a stack of its own: what it interrupted is looked at in turn. A thread that is on none of the stacks that
 * were its own when it began (a coroutine) may have left a stack that nothing here leads to: then everything counts as
 * used, as it does when there is too much to read.
 */
final class StillUsed {
    private static final int GENERAL_REGISTERS = 16;
    private static final int RED_ZONE = 128;

    /** All stacks together, bytes: bounds how long the threads are stopped. */
    private static final long MOST = 16 << 20;

    /** Pages of slots of one thread: as many as the whole region has. */
    private static final int MOST_PAGES = 4096;

    private final ProcessMemory memory;
    private final Counters counters;
    private final NavigableMap<Long, Integer> pieces;
    private final Set<Long> used = new HashSet<>();
    private final Map<Long, Long> readDownTo = new HashMap<>();

    /** Signal frames: their addresses, and the stack pointers of what they interrupted. */
    private final NavigableMap<Long, Long> interrupted = new TreeMap<>();

    private Maps maps;
    private SignalReturns signalReturns;
    private long budget = MOST;

    /**
     * A search.
     *
     * @param memory of the process
     * @param counters of its threads
     * @param pieces address and size in bytes
     */
    StillUsed(ProcessMemory memory, Counters counters, NavigableMap<Long, Integer> pieces) {
        this.memory = memory;
        this.counters = counters;
        this.pieces = pieces;
    }

    /**
     * Looks.
     *
     * @param threads all threads of the process
     * @return the addresses of the pieces in use
     */
    Set<Long> find(List<StoppedThread> threads) {
        maps = Maps.of(memory.process());
        signalReturns = new SignalReturns(memory, maps);
        boolean all = threads.stream().allMatch(this::look) && slots();
        return all ? used : Set.copyOf(pieces.keySet());
    }

    /** {@return false when something could not be looked at} */
    private boolean look(StoppedThread thread) {
        Registers registers = thread.registers();
        mark(thread.pc());
        mark(registers.rip());
        for (int i = 0; i < GENERAL_REGISTERS; i++) {
            mark(registers.general(i));
        }
        boolean home = false;
        Set<Long> seen = new HashSet<>();
        Deque<Long> stackPointers = new ArrayDeque<>(List.of(registers.rsp()));
        while (!stackPointers.isEmpty()) {
            long from = (stackPointers.pop() & -Long.BYTES) - RED_ZONE;
            Mapping stack = maps.at(from).orElse(null);
            if (stack == null || !read(stack, from)) {
                return false;
            }
            home |= stack.path().equals("[stack]") || stack.contains(registers.fsBase());
            interrupted.subMap(from, stack.end()).values().stream()
                    .filter(seen::add)
                    .forEach(stackPointers::push);
        }
        return home;
    }

    /** Reads a stack from an address to its end, but not what was read before. */
    private boolean read(Mapping stack, long from) {
        long before = readDownTo.getOrDefault(stack.start(), stack.end());
        if (from >= before) {
            return true;
        }
        readDownTo.put(stack.start(), from);
        // The words at the seam are read again: a signal frame may lie across it.
        long size = Math.min(stack.end(), before + SignalReturns.WORDS * Long.BYTES) - from;
        budget -= size;
        if (budget < 0) {
            return false;
        }
        byte[] bytes = new byte[(int) size];
        if (!memory.tryRead(from, bytes)) {
            return false;
        }
        long[] words = words(bytes);
        for (int i = 0; i < words.length; i++) {
            mark(words[i]);
            if (signalReturns.isFrame(words, i)) {
                interrupted.put(from + (long) i * Long.BYTES, words[i + SignalReturns.RSP]);
            }
        }
        return true;
    }

    /** Frames that have yet to return, on whatever stack: their slots name the site and the displaced function. */
    private boolean slots() {
        for (long block : counters.blocks()) {
            long page = memory.readLong(block + AgentLayout.BLOCK_FIRST);
            for (int count = 0; page != 0; count++) {
                byte[] bytes = new byte[AgentLayout.FRAME_PAGE];
                if (count == MOST_PAGES || !memory.tryRead(page, bytes)) {
                    return false;
                }
                long[] words = words(bytes);
                int step = AgentLayout.FRAME_SIZE / Long.BYTES;
                for (int slot = step; slot < words.length; slot += step) {
                    if (words[slot + AgentLayout.SLOT_STACK / Long.BYTES] != AgentLayout.SLOT_FREE) {
                        for (int i = 0; i < step; i++) {
                            mark(words[slot + i]);
                        }
                    }
                }
                page = words[1];
            }
        }
        return true;
    }

    private static long[] words(byte[] bytes) {
        long[] words = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
        return words;
    }

    private void mark(long word) {
        if (word >= pieces.firstKey()) {
            Map.Entry<Long, Integer> piece = pieces.floorEntry(word);
            if (word - piece.getKey() < piece.getValue()) {
                used.add(piece.getKey());
            }
        }
    }
}
