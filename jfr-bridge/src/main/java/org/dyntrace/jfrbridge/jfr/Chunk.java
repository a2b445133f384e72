package org.dyntrace.jfrbridge.jfr;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.dyntrace.jfrbridge.event.Findings;

/**
 * A chunk of a recording, as its head tells (68 bytes, big endian): a recording is a row of them, and each can be read by itself.
 *
 * @param from where it begins in the file
 * @param to where it ends
 * @param startNanos the wall clock when it began, in ns since 1970
 * @param startTicks the JVM's counter at that moment
 * @param ticksPerSecond of that counter, as the JVM takes it to be; 10⁹ where it is CLOCK_MONOTONIC
 */
record Chunk(long from, long to, long startNanos, long startTicks, long ticksPerSecond) {
    private static final int HEAD = 68;
    private static final int MAGIC = 0x464c5200; // FLR\0
    private static final int METADATA = 0;
    private static final int CONSTANTS = 1;
    private static final int EVENT_HEAD = 10;

    /** {@return whether the file begins like a recording} */
    static boolean isRecording(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = read(channel, 0);
            return head.limit() >= 4 && head.getInt(0) == MAGIC;
        }
    }

    /** {@return the chunks of a file that can be read, as far as their heads tell} */
    static List<Chunk> of(Path file, Findings findings) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            List<Chunk> chunks = new ArrayList<>();
            long size = channel.size();
            if (size == 0) {
                findings.add(file + ": it is empty.");
            }
            for (long at = 0; at < size; ) {
                ByteBuffer head = read(channel, at);
                String fault = fault(head, size - at);
                if (!fault.isEmpty()) {
                    long next = search(channel, at + 1, size);
                    findings.add(file + ": " + fault + "; bytes " + at + " to " + next + " are left out.");
                    at = next;
                } else {
                    long to = at + head.getLong(8);
                    chunks.add(new Chunk(at, to, head.getLong(32), head.getLong(48), head.getLong(56)));
                    at = to;
                }
            }
            return chunks;
        }
    }

    private static String fault(ByteBuffer head, long left) {
        if (head.limit() < HEAD) {
            return "it ends in the head of a chunk";
        }
        if (head.getInt(0) != MAGIC) {
            return "there is no chunk where one should begin";
        }
        if (head.getShort(4) < 1 || head.getShort(4) > 2) {
            return "a chunk is of format " + head.getShort(4) + ", which is not known";
        }
        long length = head.getLong(8);
        if (length == 0) {
            return "a chunk was not finished; the JVM ended, or still records";
        }
        if (length < HEAD
                || head.getLong(16) < 0
                || head.getLong(16) >= length
                || head.getLong(24) < 0
                || head.getLong(24) >= length) {
            return "a chunk has sizes that can't be";
        }
        if (length > left) {
            return "it ends in the middle of a chunk of " + length + " bytes";
        }
        if (head.getLong(56) <= 0 || head.getLong(32) <= 0) {
            return "a chunk has no clock";
        }
        return "";
    }

    /**
     * {@return where the next chunk begins; the end of the file if there is none}
     *
     * <p>A chunk has copies of its own head as it was at each flush, in checkpoints: what begins a chunk has its metadata and constants
     * where it says.
     */
    private static long search(FileChannel channel, long from, long size) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(1 << 16);
        for (long at = from; at < size; at += part.capacity() - 3) {
            part.clear();
            fill(channel, part, at);
            for (int i = 0; i + 4 <= part.limit(); i++) {
                if (part.get(i) == 'F' && part.getInt(i) == MAGIC && isWhole(channel, at + i)) {
                    return at + i;
                }
            }
        }
        return size;
    }

    private static boolean isWhole(FileChannel channel, long at) throws IOException {
        ByteBuffer head = read(channel, at);
        return fault(head, channel.size() - at).isEmpty()
                && isEvent(channel, at + head.getLong(16), CONSTANTS)
                && isEvent(channel, at + head.getLong(24), METADATA);
    }

    /** {@return whether an event of this type is there: its size, 7 bits a byte, then its type} */
    private static boolean isEvent(FileChannel channel, long at, int type) throws IOException {
        ByteBuffer event = ByteBuffer.allocate(EVENT_HEAD);
        fill(channel, event, at);
        int size = 0;
        while (size < event.limit() - 1 && event.get(size) < 0) {
            size++;
        }
        return size + 1 < event.limit() && event.get(size + 1) == type;
    }

    private static ByteBuffer read(FileChannel channel, long at) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        fill(channel, head, at);
        return head;
    }

    private static void fill(FileChannel channel, ByteBuffer buffer, long at) throws IOException {
        while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {
            continue;
        }
        buffer.flip();
    }

    /**
     * {@return the counter at a time that the JDK has computed from it}
     *
     * @param nanos since 1970
     */
    double ticks(long nanos) {
        return startTicks + (nanos - startNanos) * (ticksPerSecond / 1e9);
    }
}
