package org.dyntrace.daemon.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/**
 * A TLS connection that marks each thread that reads from it with what is known of its peer: the CN of its certificate, or nothing, and
 * its address.
 *
 * <p>RMI is not told the address: its registry lets everybody on the same machine change its entries, and refuses who comes from
 * nowhere.
 */
final class RemoteSocket extends Socket {
    private static final Logger LOG = System.getLogger(RemoteSocket.class.getName());

    private static final int CLOSE_MILLISECONDS = 1000;

    private final Socket plain;
    private final SSLSocket tls;
    private final Limits limits;
    private final Caller local;
    private final ScheduledExecutorService deadlines;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final InputStream in = new In();
    private final OutputStream out = new Out();
    private volatile Runnable onClose = () -> {};
    private volatile Caller peer;
    private final RequestMeter meter;

    /**
     * A connection.
     *
     * @param plain it
     * @param tls the same with TLS, which has not begun
     * @param limits sizes and times
     * @param local in whose name requests are done
     * @param deadlines cuts it when a time is over
     */
    RemoteSocket(Socket plain, SSLSocket tls, Limits limits, Caller local, ScheduledExecutorService deadlines)
            throws IOException {
        this.plain = plain;
        this.tls = tls;
        this.limits = limits;
        this.meter = new RequestMeter(limits);
        this.local = local;
        this.deadlines = deadlines;
        plain.setTcpNoDelay(true);
        plain.setKeepAlive(true);
    }

    void onClose(Runnable action) {
        onClose = action;
    }

    /** A name and an address, as {@link RemoteJmx} takes them apart. */
    private Caller identify() {
        String name = "";
        try {
            for (Rdn part : new LdapName(tls.getSession().getPeerPrincipal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String text) {
                    name = text;
                }
            }
        } catch (SSLPeerUnverifiedException | InvalidNameException e) {
            // It needed none, or it is none that has a name.
        }
        return called(name);
    }

    private Caller stranger() {
        return called("");
    }

    private Caller called(String name) {
        return new Caller(
                local.uid(),
                local.gid(),
                local.groups(),
                0,
                name + "@" + plain.getInetAddress().getHostAddress());
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
            within(CLOSE_MILLISECONDS, () -> {
                tls.close();
                return null;
            });
        }
    }

    @Override
    public boolean isClosed() {
        return plain.isClosed();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public InetAddress getInetAddress() {
        return null;
    }

    @Override
    public int getPort() {
        return plain.getPort();
    }

    @Override
    public int getLocalPort() {
        return plain.getLocalPort();
    }

    @Override
    public void setTcpNoDelay(boolean on) {
        // It is set.
    }

    @Override
    public void setKeepAlive(boolean on) {
        // It is set.
    }

    @Override
    public void setSoTimeout(int timeout) {
        // RMI knows one timeout for all; those here are better.
    }

    /** Does something with the connection, which is cut when that takes longer: TLS has no timeout for the whole of anything. */
    private <T> T within(long milliseconds, Transfer<T> work) throws IOException {
        ScheduledFuture<?> end = deadlines.schedule(this::cut, milliseconds, TimeUnit.MILLISECONDS);
        try {
            return work.run();
        } finally {
            end.cancel(false);
        }
    }

    private void cut() {
        try {
            LOG.log(Level.INFO, "{0} is too slow", plain.getInetAddress().getHostAddress());
            plain.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing", e);
        }
    }

    /** What reads or writes. */
    private interface Transfer<T> {
        T run() throws IOException;
    }

    private final class In extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (meter.isTooLong()) {
                cut();
                throw new IOException("a request can have " + limits.requestBytes() + " bytes");
            }
            if (peer == null) {
                shakeHands();
            }
            int count = within(rest(), () -> tls.getInputStream().read(bytes, offset, length));
            Caller.marks(peer);
            meter.read(count);
            return count;
        }

        private long rest() throws IOException {
            long rest = meter.patience();
            if (rest <= 0) {
                cut();
                throw new SocketTimeoutException("a request does not come to its end");
            }
            return rest;
        }

        private void shakeHands() throws IOException {
            try {
                within(RequestMeter.FIRST_WORD_MILLISECONDS, () -> {
                    tls.startHandshake();
                    return null;
                });
            } catch (IOException e) {
                Audit.refused(stranger(), "connect: " + e.getMessage());
                throw e;
            }
            peer = identify();
        }

        @Override
        public void close() throws IOException {
            RemoteSocket.this.close();
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
            within(limits.answerSeconds() * 1000L, () -> {
                tls.getOutputStream().write(bytes, offset, length);
                return null;
            });
        }

        @Override
        public void close() throws IOException {
            RemoteSocket.this.close();
        }
    }
}
