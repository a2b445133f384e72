package org.dyntrace.daemon.patch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import org.dyntrace.daemon.proc.InnerIds;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.StoppedThread;

/**
 * Whether stopped threads are in the agent's code or in trampolines, or will return there.
 *
 * <p>A thread that is inside stands there itself; or is in what a tracer has called, which its block says; or in a handler of a signal that
 * interrupted it there, which the handler's frame says; or an unwinder, on its way through a stub, has that one's address on its
 * stack. What else on a stack looks like an address of that code is what hits have left behind.
 */
final class Occupants {
    private static final int RED_ZONE = 128;

    /** All stacks together, bytes: bounds how long the threads are stopped. */
    private static final long MOST = 16 << 20;

    private final ProcessMemory memory;
    private final NavigableMap<Long, Integer> code;
    private final Set<Long> stubReturns;
    private final Maps maps;
    private final SignalReturns signalReturns;
    private final InnerIds inner;
    private final Set<Integer> inTracer = new HashSet<>();
    private long budget = MOST;

    /**
     * A search.
     *
     * @param memory of the process
     * @param counters of its threads
     * @param code address and size in bytes
     * @param stubReturns where, in stubs, calls would have returned that were under way
     */
    Occupants(ProcessMemory memory, Counters counters, NavigableMap<Long, Integer> code, Set<Long> stubReturns) {
        this.memory = memory;
        this.code = code;
        this.stubReturns = stubReturns;
        this.maps = Maps.of(memory.process());
        this.inner = InnerIds.of(memory.process());
        this.signalReturns = new SignalReturns(memory, maps);
        for (long block : counters.blocks()) {
            if (memory.readInt(block + AgentLayout.BLOCK_IN_TRACER) != 0) {
                inTracer.add(memory.readInt(block));
            }
        }
    }

    /** {@return whether there are none; false also when something could not be looked at} */
    boolean none(List<StoppedThread> threads) {
        return threads.stream().allMatch(this::isOutside);
    }

    private boolean isOutside(StoppedThread thread) {
        long rip = thread.registers().rip();
        if (!inTracer.isEmpty() && inTracer.contains(inner.of(thread.tid()))
                || isInCode(thread.pc())
                || isInCode(rip)) {
            return false;
        }
        Set<Long> seen = new HashSet<>();
        Deque<Long> stackPointers = new ArrayDeque<>(List.of(thread.registers().rsp()));
        while (!stackPointers.isEmpty()) {
            long from = (stackPointers.pop() & -Long.BYTES) - RED_ZONE;
            if (seen.add(from) && !isOutside(from, stackPointers)) {
                return false;
            }
        }
        return true;
    }

    /** Reads a stack from an address to its end, and finds the stacks that signal handlers there have come from. */
    private boolean isOutside(long from, Deque<Long> stackPointers) {
        Mapping stack = maps.at(from).orElse(null);
        long size = stack == null ? Long.MAX_VALUE : stack.end() - from;
        if (size > budget) {
            return false;
        }
        budget -= size;
        byte[] bytes = new byte[(int) size];
        if (!memory.tryRead(from, bytes)) {
            return false;
        }
        long[] words = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
        for (int i = 0; i < words.length; i++) {
            if (stubReturns.contains(words[i])) {
                return false;
            }
            if (signalReturns.isFrame(words, i)) {
                if (isInCode(words[i + SignalReturns.RIP])) {
                    return false;
                }
                stackPointers.push(words[i + SignalReturns.RSP]);
            }
        }
        return true;
    }

    private boolean isInCode(long address) {
        Map.Entry<Long, Integer> piece = code.floorEntry(address);
        return piece != null && address - piece.getKey() < piece.getValue();
    }
}
