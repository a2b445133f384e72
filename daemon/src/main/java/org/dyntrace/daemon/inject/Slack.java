package org.dyntrace.daemon.inject;

import java.util.Arrays;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Executable bytes of the target that no code uses: a segment's last page is mapped whole, also behind the segment's end. What is
 * written there exists in this process alone, and {@link #restore} puts back what was there.
 *
 * @param address where it begins, a multiple of 16
 * @param original what was there
 */
record Slack(long address, byte[] original) {
    /** Ends every stub, so that a stub that a killed daemon left behind is not written over: a thread may be in it still. */
    static final long MARK = 0x6275_7473_6e79_64L;

    private static final long PAGE = 4096;

    /**
     * Finds room.
     *
     * @param size how many bytes
     * @throws Failure NO_ROOM
     */
    static Slack find(TargetModules modules, ProcessMemory memory, int size) {
        for (ElfImage image : modules.images()) {
            for (ElfImage.Segment segment : image.segments()) {
                long start = segment.fileEnd() + 15 & -16;
                long pageEnd = segment.fileEnd() + PAGE - 1 & -PAGE;
                if (segment.executable()
                        && segment.memoryEnd() == segment.fileEnd()
                        && pageEnd - start >= size
                        && modules.maps().at(start).filter(Slack::isCode).isPresent()) {
                    byte[] original = memory.read(start, (int) (pageEnd - start));
                    if (!hasMark(original)) {
                        return new Slack(start, Arrays.copyOf(original, size));
                    }
                }
            }
        }
        throw new Failure(
                Reason.NO_ROOM,
                "No module of process " + memory.process().pid() + " has " + size + " unused bytes behind its code.",
                "Start the program with the agent instead: LD_PRELOAD=<install>/lib/dyntrace/libdyntrace-agent.so.");
    }

    private static boolean isCode(Mapping mapping) {
        return mapping.executable() && mapping.isPrivate() && mapping.isFile();
    }

    private static boolean hasMark(byte[] bytes) {
        java.nio.ByteBuffer words = java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
            if (words.getLong(at) == MARK) {
                return true;
            }
        }
        return false;
    }

    boolean contains(long pc) {
        return pc >= address && pc < address + original.length;
    }

    /**
     * Puts back what was there, and looks whether it is.
     *
     * @throws Failure INTERNAL when it isn't
     */
    void restore(ProcessMemory memory) {
        memory.write(address, original);
        if (!Arrays.equals(original, memory.read(address, original.length))) {
            throw new Failure(
                    Reason.INTERNAL,
                    "The unused bytes at 0x" + Long.toHexString(address) + " of process "
                            + memory.process().pid() + " could not be restored.",
                    "They are not used by the program; report this as a fault of dyntrace.");
        }
    }
}
