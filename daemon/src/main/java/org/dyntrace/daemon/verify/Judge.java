package org.dyntrace.daemon.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.dyntrace.daemon.inject.Injector;
import org.dyntrace.daemon.patch.LivePatch;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.DifferenceInfo;

/** Finds the runs of bytes that differ in a block of code, and tells whose they are. */
final class Judge {
    /** Fewer equal bytes than this between two that differ don't divide them: code has the same byte now and then. */
    private static final int GAP = 8;

    private static final int PAGE = 4096;
    private static final byte BREAKPOINT = (byte) 0xcc;
    private static final byte JUMP = (byte) 0xe9;

    private final ProcessMemory memory;
    private final MappedFile code;
    private final boolean unheardAgent;
    private final NavigableMap<Long, LivePatch> patches = new TreeMap<>();
    private final List<Run> runs = new ArrayList<>();
    private long relocated;

    /**
     * For one block.
     *
     * @param memory of the process
     * @param code what the block is part of
     * @param ours what is ours there, by address
     * @param unheardAgent whether the process holds an agent that this daemon doesn't hear
     */
    Judge(ProcessMemory memory, MappedFile code, List<LivePatch> ours, boolean unheardAgent) {
        this.memory = memory;
        this.code = code;
        this.unheardAgent = unheardAgent;
        ours.forEach(patch -> patches.put(patch.address(), patch));
    }

    /** {@return how many bytes of the block are as the loader has made them} */
    long relocated() {
        return relocated;
    }

    /** {@return the runs that differ, by address} */
    List<Run> runs() {
        return runs;
    }

    /**
     * Compares the block as it is now.
     *
     * @param start its address, at the beginning of a page
     * @param stored the file's bytes
     */
    Judge judge(long start, byte[] stored) {
        byte[] now = memory.read(start, stored.length);
        for (int at = 0; at < now.length; ) {
            if (now[at] == stored[at]) {
                at++;
            } else if (code.isRelocated(start + at)) {
                relocated++;
                at++;
            } else if (isIntact(patchAt(start + at))) {
                at = ours(start, stored, now, patchAt(start + at));
            } else {
                at = isStub(start, at, now) ? stub(start, at, stored, now) : foreign(start, at, stored, now);
            }
        }
        return this;
    }

    private LivePatch patchAt(long address) {
        Map.Entry<Long, LivePatch> before = patches.floorEntry(address);
        return before == null || before.getValue().end() <= address ? null : before.getValue();
    }

    private boolean isIntact(LivePatch patch) {
        return patch != null && Arrays.equals(patch.bytes(), memory.read(patch.address(), patch.bytes().length));
    }

    /** The whole of what we have replaced, once, also where it lies in two blocks. */
    private int ours(long start, byte[] stored, byte[] now, LivePatch patch) {
        int from = (int) (patch.address() - start);
        int to = (int) (patch.end() - start);
        if (from >= 0 && to <= now.length) {
            runs.add(Run.of(start, from, to, stored, now, DifferenceInfo.DYNTRACE, patch.tracepoints(), ""));
            return to;
        }
        byte[] inFile = code.stored(patch.address(), patch.bytes().length);
        boolean told = from < 0 && !Arrays.equals(inFile, 0, -from, patch.bytes(), 0, -from);
        if (!told) {
            runs.add(Run.of(
                    patch.address(),
                    0,
                    inFile.length,
                    inFile,
                    patch.bytes(),
                    DifferenceInfo.DYNTRACE,
                    patch.tracepoints(),
                    ""));
        }
        return Math.min(to, now.length);
    }

    /** An attach uses the room behind the code. */
    private boolean isStub(long start, int at, byte[] now) {
        long end = code.codeEnd(start + at);
        int from = (int) ((end + 15 & -16) - start);
        return start + at >= end
                && from <= at
                && from >= at / PAGE * PAGE
                && Injector.isStub(Arrays.copyOfRange(now, from, pageEnd(at)));
    }

    private static int pageEnd(int at) {
        return (at / PAGE + 1) * PAGE;
    }

    private int stub(long start, int at, byte[] stored, byte[] now) {
        int end = pageEnd(at);
        int last = end - 1;
        while (now[last] == stored[last]) {
            last--;
        }
        runs.add(Run.of(
                start,
                at,
                last + 1,
                stored,
                now,
                DifferenceInfo.DYNTRACE,
                List.of(),
                "behind the code, of an attach that is under way or was interrupted"));
        return end;
    }

    private int foreign(long start, int at, byte[] stored, byte[] now) {
        int end = at + 1;
        for (int next = end; next < now.length && next < end + GAP; next++) {
            if (now[next] != stored[next] && !isIntact(patchAt(start + next)) && !code.isRelocated(start + next)) {
                end = next + 1;
            }
        }
        runs.add(Run.of(
                start, at, end, stored, now, DifferenceInfo.FOREIGN, List.of(), note(start + at, end - at, now[at])));
        return end;
    }

    private String note(long address, int length, byte first) {
        LivePatch patch = patchAt(address);
        if (patch != null) {
            return "in the place of dyntrace's jump of " + String.join(", ", patch.tracepoints());
        }
        if (length == 1 && first == BREAKPOINT) {
            return "a breakpoint, of a debugger or of the kernel (uprobe)";
        }
        if (unheardAgent && first == JUMP) {
            return "a jump; the process holds an agent that doesn't speak to this daemon";
        }
        return "";
    }
}
