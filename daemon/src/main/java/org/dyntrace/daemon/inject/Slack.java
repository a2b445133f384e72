package org.dyntrace.daemon.inject;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.ThreadStop;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Bytes of the target that nothing uses: a segment's last page is mapped whole, also behind the segment's end. What is written
 * there exists in this process alone, and {@link #restore} puts back what was there.
 *
 * @param address where they begin, a multiple of 16
 * @param original what was there
 */
record Slack(long address, byte[] original) {
    /** Ends what is written, behind the stub's and its region's address, so that what a killed daemon left behind is known again. */
    static final long MARK = 0x6275_7473_6e79_64L;

    private static final long PAGE = 4096;

    private record Room(Mapping mapping, long start, int size) {}

    /**
     * Finds room for code and for the data that it reads: in one place, or else in two.
     *
     * @param codeSize how many bytes of code
     * @param dataSize how many bytes of data
     * @return the place for the code, then that for the data
     * @throws Failure NO_ROOM
     */
    static List<Slack> find(TargetModules modules, ProcessMemory memory, int codeSize, int dataSize) {
        List<Room> all = rooms(modules);
        int dataOffset = codeSize + 15 & -16;
        for (Room room : all) {
            if (room.mapping.executable() && room.size >= dataOffset + dataSize) {
                Slack whole = take(memory, room);
                if (whole != null) {
                    return List.of(whole.part(0, codeSize), whole.part(dataOffset, dataSize));
                }
            }
        }
        Slack code = null;
        for (Room room : all) {
            if (room.mapping.executable() && room.size >= codeSize) {
                code = take(memory, room);
                if (code != null) {
                    break;
                }
            }
        }
        for (Room room : all) {
            if (code != null && room.start != code.address && room.size >= dataSize) {
                Slack data = take(memory, room);
                if (data != null) {
                    return List.of(code.part(0, codeSize), data.part(0, dataSize));
                }
            }
        }
        throw new Failure(
                Reason.NO_ROOM,
                "No module of process " + memory.process().pid() + " has " + codeSize
                        + " unused bytes behind its code.",
                "Start the program with the agent instead: LD_PRELOAD=<install>/lib/dyntrace/libdyntrace-agent.so.");
    }

    private static List<Room> rooms(TargetModules modules) {
        List<Room> rooms = new ArrayList<>();
        for (ElfImage image : modules.images()) {
            for (ElfImage.Segment segment : image.segments()) {
                long start = segment.fileEnd() + 15 & -16;
                long end = segment.fileEnd() + PAGE - 1 & -PAGE;
                if (segment.memoryEnd() == segment.fileEnd() && start < end) {
                    modules.maps()
                            .at(start)
                            .filter(m -> m.isFile() && m.isPrivate() && m.readable() && !m.writable())
                            .ifPresent(m -> rooms.add(new Room(m, start, (int) (end - start))));
                }
            }
        }
        return rooms;
    }

    private static Slack take(ProcessMemory memory, Room room) {
        byte[] original = memory.read(room.start, room.size);
        int mark = findMark(original);
        boolean free = mark < 0 || removeLeftover(memory, room, original, mark);
        return free ? new Slack(room.start, original) : null;
    }

    private Slack part(int offset, int size) {
        return new Slack(address + offset, Arrays.copyOfRange(original, offset, offset + size));
    }

    static int findMark(byte[] bytes) {
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 2 * Long.BYTES; at + Long.BYTES <= bytes.length; at += Long.BYTES) {
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
    private static boolean removeLeftover(ProcessMemory memory, Room room, byte[] bytes, int mark) {
        ProcessId process = memory.process();
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long code = words.getLong(mark - 2 * Long.BYTES);
        long region = words.getLong(mark - Long.BYTES);
        byte[] fromFile = new byte[bytes.length];
        try (RandomAccessFile file = new RandomAccessFile(process.directory() + "/root" + room.mapping.path(), "r")) {
            file.seek(room.mapping.offset() + room.start - room.mapping.start());
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
                            .anyMatch(rip -> rip >= code && rip < code + PAGE);
            if (!busy) {
                memory.write(room.start, fromFile);
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
