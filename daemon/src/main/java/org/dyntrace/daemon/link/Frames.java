package org.dyntrace.daemon.link;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;

/** Messages over a Unix socket: a 4-byte little-endian length, then the message. */
final class Frames {
    /** How long it may take from a message's first byte to its last. */
    static final int FRAME_MILLISECONDS = 10_000;

    /** What is not counted, and what is taken for a message before any of it has come. */
    private static final int SMALL = 1 << 16;

    private final UnixSocketChannel channel;
    private final int longest;
    private final Semaphore memory;
    private int patience;

    /**
     * Frames of a connection.
     *
     * @param channel the connection
     * @param longest bytes of the longest message that is believed
     * @param memory bytes that long messages of this user's agents may take at the same time, at least the longest
     */
    Frames(UnixSocketChannel channel, int longest, Semaphore memory) {
        this.channel = channel;
        this.longest = longest;
        this.memory = memory;
    }

    /** The same connection with another bound. */
    Frames upTo(int bytes) {
        return new Frames(channel, bytes, memory);
    }

    /** What is done with a message. */
    interface Taker {
        void take(byte[] message) throws IOException;
    }

    /** Receives a message and has it taken; until then its bytes count. */
    void receive(Taker taker) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        await(patience);
        fill(head);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FRAME_MILLISECONDS);
        while (head.hasRemaining()) {
            fillBefore(end, head);
        }
        int length = head.flip().getInt();
        if (length < 1 || length > longest) {
            throw new IOException("a frame of " + length + " bytes");
        }
        int counted = length > SMALL ? length : 0;
        try {
            if (!memory.tryAcquire(counted, FRAME_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                throw new IOException("no room for a frame of " + length + " bytes beside its user's others");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        try {
            taker.take(body(length));
        } finally {
            memory.release(counted);
        }
    }

    /** It grows with what has come: a length alone takes no memory. */
    private byte[] body(int length) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FRAME_MILLISECONDS);
        byte[] bytes = new byte[Math.min(length, SMALL)];
        int come = 0;
        while (come < length) {
            if (come == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(length, come * 2));
            }
            ByteBuffer rest = ByteBuffer.wrap(bytes, come, bytes.length - come);
            while (rest.hasRemaining()) {
                fillBefore(end, rest);
            }
            come = bytes.length;
        }
        return bytes;
    }

    private void fillBefore(long end, ByteBuffer buffer) throws IOException {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("a frame does not come to its end");
        }
        await((int) left);
        fill(buffer);
    }

    private void fill(ByteBuffer buffer) throws IOException {
        int count = channel.read(buffer);
        if (count < 0) {
            throw new EOFException();
        }
        if (count == 0) {
            throw new SocketTimeoutException("nothing came in time");
        }
    }

    private void await(int milliseconds) throws IOException {
        channel.setOption(UnixSocketOptions.SO_RCVTIMEO, milliseconds);
    }

    /** Sets how long it may take until a message begins, in milliseconds; 0 for as long as it takes. */
    void patience(int milliseconds) {
        patience = milliseconds;
    }

    /** Sends a message, and a descriptor beside it unless that is -1. */
    void send(byte[] message, int descriptor) throws IOException {
        byte[] frame = ByteBuffer.allocate(4 + message.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(message.length)
                .put(message)
                .array();
        int sent = descriptor < 0 ? 0 : DescriptorPassing.send(channel.getFD(), frame, descriptor);
        ByteBuffer rest = ByteBuffer.wrap(Arrays.copyOfRange(frame, sent, frame.length));
        while (rest.hasRemaining()) {
            if (channel.write(rest) == 0) {
                throw new SocketTimeoutException("the agent does not read");
            }
        }
    }

    /** Ends the conversation; who waits for a message is woken. */
    void end() {
        try {
            // A reader that blocks is woken by the end of the stream, not by a close.
            channel.shutdownInput();
            channel.shutdownOutput();
        } catch (IOException alreadyGone) {
            // the reader has seen it
        }
    }

    void close() throws IOException {
        channel.close();
    }
}
