package org.dyntrace.daemon.link;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;

/** Messages over a Unix socket: a 4-byte little-endian length, then the message. */
final class Frames {
    private final UnixSocketChannel channel;
    private final int longest;

    /**
     * Frames of a connection.
     *
     * @param channel the connection
     * @param longest bytes of the longest message that is believed
     */
    Frames(UnixSocketChannel channel, int longest) {
        this.channel = channel;
        this.longest = longest;
    }

    /** The same connection with another bound. */
    Frames upTo(int bytes) {
        return new Frames(channel, bytes);
    }

    byte[] receive() throws IOException {
        int length = receive(4).getInt();
        if (length < 1 || length > longest) {
            throw new IOException("a frame of " + length + " bytes");
        }
        return receive(length).array();
    }

    private ByteBuffer receive(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            int count = channel.read(buffer);
            if (count < 0) {
                throw new EOFException();
            }
            if (count == 0) {
                throw new SocketTimeoutException("nothing came in time");
            }
        }
        return buffer.flip();
    }

    /** Sets how long it may take until bytes come, in milliseconds; 0 for as long as it takes. */
    void patience(int milliseconds) throws IOException {
        channel.setOption(UnixSocketOptions.SO_RCVTIMEO, milliseconds);
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
