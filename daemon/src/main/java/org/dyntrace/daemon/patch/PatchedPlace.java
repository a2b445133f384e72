package org.dyntrace.daemon.patch;

import java.util.ArrayList;
import java.util.List;
import org.dyntrace.daemon.code.SitePlan;

/** A place whose bytes are ours: what was there, and who is told there, in the order they were placed. */
final class PatchedPlace {
    private final SitePlan plan;
    private final List<Attached> attached = new ArrayList<>();
    private byte[] current;
    private long trampoline;

    /**
     * A place.
     *
     * @param plan how it can be patched
     * @param current the bytes that are there now
     */
    PatchedPlace(SitePlan plan, byte[] current) {
        this.plan = plan;
        this.current = current;
    }

    SitePlan plan() {
        return plan;
    }

    List<Attached> attached() {
        return attached;
    }

    byte[] current() {
        return current;
    }

    /** {@return the trampoline that the bytes jump to; 0 if there is none, or an earlier daemon's} */
    long trampoline() {
        return trampoline;
    }

    /**
     * Takes note of what is there now.
     *
     * @param bytes the bytes
     * @param leadTo the trampoline that they jump to, 0 if they don't
     */
    void current(byte[] bytes, long leadTo) {
        current = bytes;
        trampoline = leadTo;
    }

    /**
     * One tracepoint at the place.
     *
     * @param tracepoint its name
     * @param part its part of the trampoline
     */
    record Attached(String tracepoint, Trampoline.Part part) {}
}
