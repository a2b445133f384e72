package org.dyntrace.daemon.patch;

import java.util.function.Supplier;
import org.dyntrace.daemon.link.NativeLink;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Memory of the target near an address. */
final class NearMemory {
    private static final int ATTEMPTS = 8;
    private static final long ASIDE = 48L << 20;

    private NearMemory() {}

    /**
     * Maps some.
     *
     * @param link to the agent, which maps it
     * @param near an address of the target
     * @param size bytes, whole pages
     * @param reach how far from that address it may end
     * @param executable r-x if true, else rw-
     * @param none what to throw when no memory is free there
     * @return its address
     * @throws Failure NO_ROOM when the process takes each free place before it can be mapped, or may map nothing
     */
    static long map(NativeLink link, long near, long size, long reach, boolean executable, Supplier<Failure> none) {
        Failure last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            // Where the process maps and unmaps all the time, stacks of threads for instance, the next gap is not the
            // best one.
            long aside = (attempt % 2 == 0 ? ASIDE : -ASIDE) * attempt;
            long gap = Maps.of(link.process())
                    .gapNear(near + aside, size, reach - size - Math.abs(aside))
                    .orElseThrow(none);
            try {
                return link.map(gap, size, executable);
            } catch (Failure taken) {
                if (taken.reason() != Reason.NO_ROOM) {
                    throw taken;
                }
                // The process may have mapped something there meanwhile.
                last = taken;
            }
        }
        throw last;
    }
}
