package org.dyntrace.mbeans.connector;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A connected channel as the kind of socket that RMI wants.
 *
 * <p>The JDK's channel and not jnr-unixsocket, which the daemon uses for the peer's credentials: a command lives for a fraction of
 * a second, and jnr's start would be a third of it. Everything that {@link Socket} would do to a TCP socket of its own is
 * overridden, since it would make one.
 */
final class UnixSocket extends Socket {
    private final SocketChannel channel;
    private final InputStream in = new In();
    private final OutputStream out = new Out();

    UnixSocket(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() {
        return out;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public InetAddress getInetAddress() {
        return null;
    }

    @Override
    public int getPort() {
        return 0;
    }

    @Override
    public int getLocalPort() {
        return 0;
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        // Unix sockets never delay.
    }

    @Override
    public void setKeepAlive(boolean on) {
        // The kernel tells at once when the peer dies.
    }

    @Override
    public void setSoTimeout(int timeout) {
        // A request takes as long as it takes; who waits can interrupt.
    }

    @Override
    public int getSoTimeout() {
        return 0;
    }

    // Not Channels.newInputStream: before JDK 19 a read there holds a lock that a write needs.
    private final class In extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return length == 0 ? 0 : channel.read(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private final class Out extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
