package org.dyntrace.daemon.inject;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.ThreadStop;
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
    /** Ends every stub, behind the address of its region, so that one that a killed daemon left behind is known again. */
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
                Mapping code = modules.maps().at(start).filter(Slack::isCode).orElse(null);
                if (segment.executable()
                        && segment.memoryEnd() == segment.fileEnd()
                        && pageEnd - start >= size
                        && code != null) {
                    byte[] original = memory.read(start, (int) (pageEnd - start));
                    int mark = findMark(original);
                    if (mark < 0 || removeLeftover(memory, code, start, original, mark)) {
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

    private static int findMark(byte[] bytes) {
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = Long.BYTES; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
            if (words.getLong(at) == MARK) {
                return at;
            }
        }
        return -1;
    }

    /**
     * Puts back what was there before a stub that a killed daemon has left behind, if no thread is in that any more: a thread in the
     * midst of it has its region mapped, a thread that has only begun or is about to leave has its program counter in it.
     */
    private static boolean removeLeftover(
            ProcessMemory memory, Mapping code, long start, byte[] bytes, int mark) {
        ProcessId process = memory.process();
        long region = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(mark - Long.BYTES);
        byte[] fromFile = new byte[bytes.length];
        try (RandomAccessFile file = new RandomAccessFile(process.directory() + "/root" + code.path(), "r")) {
            file.seek(code.offset() + start - code.start());
            // Behind the file's end the page is zero.
            for (int done = 0, got; done < fromFile.length; done += got) {
                got = file.read(fromFile, done, fromFile.length - done);
                if (got < 0) {
                    break;
                }
            }
        } catch (IOException unreadable) {
            return false;
        }
        boolean removed = ThreadStop.run(process, threads -> {
            boolean busy = Maps.of(process).at(region).isPresent()
                    || threads.stream()
                            .mapToLong(thread -> thread.registers().rip())
                            .anyMatch(rip -> rip >= start && rip < start + bytes.length);
            if (!busy) {
                memory.write(start, fromFile);
            }
            return !busy;
        });
        if (removed) {
            System.arraycopy(fromFile, 0, bytes, 0, bytes.length);
        }
        return removed;
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
