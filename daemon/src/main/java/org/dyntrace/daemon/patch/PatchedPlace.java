package org.dyntrace.daemon.patch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dyntrace.daemon.code.Memory;
import org.dyntrace.daemon.code.SitePlan;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.Failure;

/** A place whose bytes are ours: what was there, and who is told there, in the order they were placed. */
final class PatchedPlace {
    private final SitePlan plan;
    private final List<Attached> attached = new ArrayList<>();
    private List<byte[]> current;
    private long trampoline;

    /**
     * A place.
     *
     * @param plan how it can be patched
     * @param current for each of its windows the bytes that are there now
     */
    PatchedPlace(SitePlan plan, List<byte[]> current) {
        this.plan = plan;
        this.current = current;
    }

    SitePlan plan() {
        return plan;
    }

    List<Attached> attached() {
        return attached;
    }

    /** {@return for each window the bytes that are there now} */
    List<byte[]> current() {
        return current;
    }

    /** {@return whether nothing of it is patched} */
    boolean original() {
        return Arrays.equals(current.get(0), plan.window().bytes());
    }

    /** {@return where the bytes that are there now lead, 0 if nowhere} */
    long destination() {
        return plan.destination(current).orElse(0L);
    }

    /** {@return the trampoline that the bytes jump to; 0 if there is none, or an earlier daemon's} */
    long trampoline() {
        return trampoline;
    }

    /**
     * Takes note of what is there now.
     *
     * @param bytes for each window its bytes
     * @param leadTo the trampoline that they jump to, 0 if they don't
     */
    void current(List<byte[]> bytes, long leadTo) {
        current = bytes;
        trampoline = leadTo;
    }

    boolean isHeldBy(String tracepoint) {
        return attached.stream().anyMatch(one -> one.tracepoint().equals(tracepoint));
    }

    /**
     * {@return whether what was last written is there}
     *
     * @param code the process's code, as it is now
     */
    boolean holds(Memory code) {
        byte[] was = current.get(0);
        byte[] now = new byte[was.length];
        try {
            code.read(plan.patchAddress(), now);
        } catch (Failure gone) {
            return false;
        }
        return Arrays.equals(now, was);
    }

    /**
     * {@return whether the module was unloaded since this was patched: what is there now is none of ours, even if it is the
     * same file, loaded anew}
     *
     * @param memory of the process
     */
    boolean isGone(ProcessMemory memory) {
        byte[] was = current.get(0);
        byte[] now = new byte[was.length];
        long at = plan.patchAddress();
        if (!memory.tryRead(at, now)) {
            return true;
        }
        if (Arrays.equals(now, was)) {
            return false;
        }
        boolean same = Maps.of(memory.process())
                .at(at)
                .filter(is -> plan.module().code().stream()
                        .anyMatch(then -> then.contains(at)
                                && then.sameFile(is)
                                && at - then.start() + then.offset() == at - is.start() + is.offset()))
                .isPresent();
        return !same || Arrays.equals(now, plan.window().bytes());
    }

    /**
     * One tracepoint at the place.
     *
     * @param tracepoint its name
     * @param part its part of the trampoline
     */
    record Attached(String tracepoint, Trampoline.Part part) {}
}
