package org.dyntrace.daemon.patch;

import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.StoppedThread;
import org.dyntrace.daemon.proc.ThreadStop;

/**
 * Makes sure that no thread is in the agent or its trampolines, or will return there, and takes from each what it has of the agent. No
 * jump leads there any more when this is used.
 */
final class Evacuation {
    private final ProcessMemory memory;
    private final AgentLayout layout;
    private final Counters counters;
    /** Also those of earlier attempts: an unwinder may still be on its way there. */
    private final Set<Long> stubReturns = new HashSet<>();

    Evacuation(ProcessMemory memory, AgentLayout layout, Counters counters) {
        this.memory = memory;
        this.layout = layout;
        this.counters = counters;
    }

    /** {@return whether it is so; false when a thread is, or may be, in there now} */
    boolean attempt() {
        NavigableMap<Long, Integer> code = layout.chunks(memory);
        code.put(layout.stubs(), AgentLayout.FRAME_REGION);
        for (Mapping mapping : library()) {
            if (mapping.executable()) {
                code.put(mapping.start(), (int) (mapping.end() - mapping.start()));
            }
        }
        int own = layout.thread(memory);
        return ThreadStop.run(memory.process(), threads -> {
            List<StoppedThread> others =
                    threads.stream().filter(thread -> thread.tid() != own).toList();
            OpenFrames frames = new OpenFrames(memory, counters);
            boolean all = frames.release();
            stubReturns.addAll(frames.returnAddresses());
            if (!all || !new Occupants(memory, counters, code, stubReturns).none(others)) {
                return false;
            }
            for (StoppedThread thread : others) {
                long base = thread.registers().fsBase();
                if (base != 0) {
                    memory.writeLong(base + layout.blockTls(), 0);
                }
            }
            return true;
        });
    }

    /** {@return the mappings of the agent's library} */
    private List<Mapping> library() {
        Maps maps = Maps.of(memory.process());
        Mapping code = maps.at(layout.claim()).orElseThrow(memory.process()::gone);
        return maps.mappings().stream()
                .filter(mapping -> mapping.sameFile(code))
                .toList();
    }
}
