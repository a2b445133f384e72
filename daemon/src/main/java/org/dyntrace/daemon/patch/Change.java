package org.dyntrace.daemon.patch;

import java.util.List;
import org.dyntrace.daemon.code.Relocated;
import org.dyntrace.daemon.proc.StoppedThread;

/**
 * What is to be done at one place.
 *
 * @param place the place
 * @param bytes what shall be there
 * @param moved the displaced instructions; null where the original ones come back
 * @param trampoline where the bytes jump to, 0 if they don't
 * @param body where the displaced instructions are
 * @param targets what to tell parts of the trampoline in the same moment
 * @param fresh whether the original instructions are there now
 */
record Change(
        PatchedPlace place,
        byte[] bytes,
        Relocated moved,
        long trampoline,
        long body,
        List<Target> targets,
        boolean fresh) {
    /** Where a part goes on: the address of its site structure, and the address to be written there. */
    record Target(long structure, long address) {}

    /** {@return where the bytes are} */
    long address() {
        return place.plan().patchAddress();
    }

    /** Moves a thread that stands inside the bytes to their copy; {@return false if there is none} */
    boolean moveOut(StoppedThread thread) {
        return thread.relocate(address(), place.plan().windowEnd(), pc -> {
            int at = moved.newOffset((int) (pc - address()));
            return at < 0 ? 0 : body + at;
        });
    }
}
