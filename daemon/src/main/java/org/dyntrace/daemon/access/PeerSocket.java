package org.dyntrace.daemon.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import jnr.unixsocket.Credentials;
import jnr.unixsocket.UnixSocket;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;

/**
 * A connection whose peer is known, and which marks each thread that reads from it with the peer.
 *
 * <p>What {@link java.net.Socket} would do to a TCP socket of its own is overridden, since it would make one.
 */
final class PeerSocket extends UnixSocket {
    private static final Logger LOG = System.getLogger(PeerSocket.class.getName());

    private final UnixSocketChannel channel;
    private final Limits limits;
    private final Caller peer;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final InputStream in = new In();
    private final OutputStream out = new Out();
    private volatile Runnable onClose = () -> {};
    private final RequestMeter meter;
    /** How long the kernel waits in a read, in milliseconds. */
    private volatile int patience = RequestMeter.FIRST_WORD_MILLISECONDS;

    PeerSocket(UnixSocketChannel channel, Limits limits) throws IOException {
        super(channel);
        this.channel = channel;
        this.limits = limits;
        this.meter = new RequestMeter(limits);
        channel.setOption(UnixSocketOptions.SO_SNDTIMEO, limits.answerSeconds() * 1000);
        channel.setOption(UnixSocketOptions.SO_RCVTIMEO, patience);
        Credentials credentials = getCredentials();
        this.peer = new Caller(
                credentials.getUid() & 0xffffffffL,
                credentials.getGid() & 0xffffffffL,
                Libc.peerGroups(channel.getFD()),
                credentials.getPid());
    }

    Caller peer() {
        return peer;
    }

    void onClose(Runnable action) {
        onClose = action;
    }

    /** Writes what comes before RMI. */
    void greet(byte[] words) throws IOException {
        out.write(words);
        meter.greeted();
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
        if (open.compareAndSet(true, false)) {
            onClose.run();
            super.close();
        }
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
        // RMI knows one timeout for all; those here are better.
    }

    private final class In extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            Caller.marks(peer);
            if (meter.isTooLong()) {
                LOG.log(Level.WARNING, "{0} sends a request of more than {1} bytes", peer, limits.requestBytes());
                throw givenUp("a request can have " + limits.requestBytes() + " bytes");
            }
            long rest = meter.patience();
            if (rest <= 0) {
                LOG.log(Level.WARNING, "{0} takes more than {1} s for a request", peer, limits.requestSeconds());
                throw givenUp(peer + " does not come to the end of his request");
            }
            await((int) rest);
            int count = channel.read(ByteBuffer.wrap(bytes, offset, length));
            if (count == 0) {
                throw givenUp("nothing came from " + peer);
            }
            meter.read(count);
            return count;
        }

        /** RMI would answer that the request can't be read, and wait for the next one. */
        private IOException givenUp(String why) throws IOException {
            PeerSocket.this.close();
            return new SocketTimeoutException(why);
        }

        private void await(int milliseconds) throws IOException {
            if (patience != milliseconds) {
                channel.setOption(UnixSocketOptions.SO_RCVTIMEO, milliseconds);
                patience = milliseconds;
            }
        }

        @Override
        public void close() throws IOException {
            PeerSocket.this.close();
        }
    }

    private final class Out extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            meter.answers();
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                if (channel.write(buffer) == 0) {
                    throw new SocketTimeoutException(peer + " does not read its answer");
                }
            }
        }

        @Override
        public void close() throws IOException {
            PeerSocket.this.close();
        }
    }
}
