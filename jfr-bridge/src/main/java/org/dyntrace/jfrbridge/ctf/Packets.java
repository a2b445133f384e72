package org.dyntrace.jfrbridge.ctf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The packets of a stream's file, as LTTng lays them out (its user-space and kernel tracers alike): magic, the trace's UUID, stream's class,
 * stream; then times, sizes in bits, sequence number, events discarded, processor. Only their heads are read. libbabeltrace2 believes
 * sizes that can't be, and ends its process for some of them.
 *
 * @param whole the packets that can be given to it: where each begins and ends in the file
 * @param size of the file
 * @param wrong what is wrong with it, in words; empty if nothing is
 */
record Packets(List<Extent> whole, long size, String wrong) {
    private static final int MAGIC = 0xc1fc1fc1;
    private static final int HEAD = 84;
    private static final int STEP = 1 << 16;
    private static final long MAX_BITS = 1L << 33;

    /** Where a packet is, in bytes. */
    record Extent(long from, long to) {}

    /**
     * Looks through a file.
     *
     * @param path of the file
     * @param uuid of the trace; null if it isn't known
     */
    static Packets of(Path path, byte[] uuid) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = file.size();
            List<Extent> whole = new ArrayList<>();
            List<String> wrong = new ArrayList<>();
            long before = 0;
            for (long at = 0; at < size; ) {
                ByteBuffer head = read(file, at, HEAD);
                String fault = fault(head, uuid, size - at, before);
                if (fault.isEmpty()) {
                    long to = at + head.getLong(56) / 8;
                    before = head.getLong(40);
                    whole.add(new Extent(at, to));
                    at = to;
                } else {
                    long next = search(file, at + 1, size, uuid);
                    wrong.add(fault + " (bytes " + at + " to " + next + ")");
                    at = next;
                }
            }
            String words = wrong.isEmpty()
                    ? ""
                    : wrong.get(0) + (wrong.size() > 1 ? ", and " + (wrong.size() - 1) + " more packets" : "");
            return new Packets(whole, size, words);
        }
    }

    private static String fault(ByteBuffer head, byte[] uuid, long left, long before) {
        if (head.limit() < HEAD) {
            return "the file ends in the head of a packet";
        }
        if (head.getInt(0) != MAGIC || (uuid != null && !isAt(head, 4, uuid))) {
            return "there is no packet of this trace where one should begin";
        }
        long content = head.getLong(48);
        long packet = head.getLong(56);
        if (packet < HEAD * 8 || packet > MAX_BITS || packet % 8 != 0 || content < HEAD * 8 || content > packet) {
            return "a packet has sizes that can't be";
        }
        if (packet / 8 > left) {
            return "the file ends in the middle of a packet";
        }
        long begin = head.getLong(32);
        if (Long.compareUnsigned(begin, head.getLong(40)) > 0 || Long.compareUnsigned(begin, before) < 0) {
            return "a packet has times that can't be";
        }
        return "";
    }

    private static boolean isAt(ByteBuffer buffer, int at, byte[] uuid) {
        return buffer.slice(at, uuid.length).equals(ByteBuffer.wrap(uuid));
    }

    /** {@return where the next packet seems to begin; the end of the file if there is none} */
    private static long search(FileChannel file, long from, long size, byte[] uuid) throws IOException {
        if (uuid == null) {
            return size;
        }
        for (long at = from; at < size; at += STEP - 20) {
            ByteBuffer part = read(file, at, STEP);
            for (int i = 0; i + 20 <= part.limit(); i++) {
                if (part.get(i) == (byte) MAGIC && part.getInt(i) == MAGIC && isAt(part, i + 4, uuid)) {
                    return at + i;
                }
            }
        }
        return size;
    }

    static ByteBuffer read(FileChannel file, long at, int size) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            int got = file.read(buffer, at + buffer.position());
            if (got < 0) {
                break;
            }
        }
        return buffer.flip();
    }
}
