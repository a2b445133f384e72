package org.dyntrace.daemon.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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
    private static final int FIRST_WORD_TIMEOUT = 10_000;
    private static final int OVERHEAD = 4096;

    private final SSLSocket socket;
    private final Limits limits;
    private final Caller local;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final InputStream in = new In();
    private final OutputStream out = new Out();
    private volatile Runnable onClose = () -> {};
    private volatile Caller peer;
    private final AtomicLong requested = new AtomicLong();

    RemoteSocket(SSLSocket socket, Limits limits, Caller local) throws IOException {
        this.socket = socket;
        this.limits = limits;
        this.local = local;
        socket.setSoTimeout(FIRST_WORD_TIMEOUT);
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
    }

    void onClose(Runnable action) {
        onClose = action;
    }

    /** A name and an address, as {@link RemoteJmx} takes them apart. */
    private Caller identify() {
        String name = "";
        try {
            for (Rdn part : new LdapName(socket.getSession().getPeerPrincipal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    name = String.valueOf(part.getValue());
                }
            }
        } catch (SSLPeerUnverifiedException | InvalidNameException e) {
            // It needed none, or it is none that has a name.
        }
        return new Caller(
                local.uid(),
                local.gid(),
                local.groups(),
                0,
                name + "@" + socket.getInetAddress().getHostAddress());
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
            socket.close();
        }
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
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
        return socket.getPort();
    }

    @Override
    public int getLocalPort() {
        return socket.getLocalPort();
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

    private final class In extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (requested.get() > limits.requestBytes() + OVERHEAD) {
                throw new IOException("REQUEST_TOO_LONG: A request can have " + limits.requestBytes() + " bytes.");
            }
            int count = socket.getInputStream().read(bytes, offset, length);
            if (peer == null) {
                // The first read has shaken hands.
                peer = identify();
                socket.setSoTimeout(limits.idleSeconds() * 1000);
            }
            Caller.marks(peer);
            requested.addAndGet(Math.max(count, 0));
            return count;
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
            requested.set(0);
            socket.getOutputStream().write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            socket.getOutputStream().flush();
        }

        @Override
        public void close() throws IOException {
            RemoteSocket.this.close();
        }
    }
}
