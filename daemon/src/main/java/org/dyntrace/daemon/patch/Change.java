package org.dyntrace.daemon.patch;

import java.util.List;
import org.dyntrace.daemon.proc.StoppedThread;

/**
 * What is to be done at one place.
 *
 * @param place the place
 * @param patches what is to be written at each of its windows
 * @param trampoline where the place shall lead, 0 if it shall not
 * @param targets what to tell parts of the trampoline in the same moment
 */
record Change(PatchedPlace place, List<Patch> patches, long trampoline, List<Target> targets) {
    /** Where a part goes on: the address of its site structure, and the address to be written there. */
    record Target(long structure, long address) {}

    /** {@return whether the original instructions are there now} */
    boolean fresh() {
        return patches.get(0).fresh();
    }

    /** {@return whether the original instructions come back} */
    boolean restores() {
        return trampoline == 0;
    }

    /** A thread that has passed the first of two jumps that go away takes the second one; {@return whether it is none or has been moved} */
    boolean passOn(StoppedThread thread) {
        long jump = place.plan().jumpAddress();
        return thread.relocate(jump - 1, jump + 1, pc -> place.destination());
    }
}
