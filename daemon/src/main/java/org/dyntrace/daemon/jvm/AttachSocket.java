package org.dyntrace.daemon.jvm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One connection to a JVM's attach listener, for one operation. This is what jdk.attach speaks (version 1, which every release
 * understands), but with an end to each wait, and through the root of the target.
 */
final class AttachSocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 04000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int UCRED = 12;
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;
    private static final int QUEUE_MILLISECONDS = 10;
    private static final String VERSION = "1";
    private static final int MOST_ARGUMENTS = 3;
    private static final int LONGEST_REPLY = 64 << 10;

    private final Watched target;
    private final Descriptor socket;

    private AttachSocket(Watched target, Descriptor socket) {
        this.target = target;
        this.socket = socket;
    }

    /**
     * Connects, if the JVM listens.
     *
     * @param target the JVM
     * @param directory where its socket lies
     * @param name the socket's name in there
     * @param deadline when to give up, if it listens and doesn't accept
     * @return a connection, or nothing when there is no such socket or it is another JVM's
     * @throws org.dyntrace.mbeans.Failure PROCESS_GONE, JVM_NOT_RESPONDING
     */
    static Optional<AttachSocket> connect(Watched target, Descriptor directory, String name, Deadline deadline)
            throws IOException {
        Descriptor file;
        try {
            file = TargetRoot.openIn(directory, name, Libc.O_PATH);
        } catch (IOException none) {
            return Optional.empty();
        }
        try (file) {
            if (((int) file.attributes().get("mode") & S_IFMT) != S_IFSOCK) {
                return Optional.empty();
            }
            Descriptor socket = new Descriptor(Libc.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | Libc.O_CLOEXEC, 0));
            AttachSocket connection = new AttachSocket(target, socket);
            try {
                if (!connection.connect(file, deadline)) {
                    socket.close();
                    // Nobody has it any more. As long as its name is there, a JVM believes that it listens.
                    Libc.unlinkat(directory.number(), name, 0);
                    return Optional.empty();
                }
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
            if (peer(socket) != target.process().pid()) {
                // JVMs of several containers may share a /tmp, and their pids are alike.
                socket.close();
                return Optional.empty();
            }
            return Optional.of(connection);
        }
    }

    /** Returns false if nobody listens there. */
    private boolean connect(Descriptor file, Deadline deadline) throws IOException {
        byte[] path = file.path().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer address = ByteBuffer.allocate(2 + path.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        address.putShort((short) AF_UNIX).put(path);
        while (Libc.connect(socket.number(), address.array(), address.capacity()) != 0) {
            if (Libc.errno() == Libc.ECONNREFUSED) {
                return false;
            }
            if (!isTemporary() || deadline.isOver()) {
                String error = Libc.error();
                target.await(-1, 0, QUEUE_MILLISECONDS);
                throw Refused.notResponding(
                        target.process(), "does not accept connections on its attach socket (" + error + ")");
            }
            target.await(-1, 0, QUEUE_MILLISECONDS);
        }
        return true;
    }

    /** {@return the pid of who listens there} */
    private static int peer(Descriptor socket) {
        int[] credentials = new int[UCRED / Integer.BYTES];
        return Libc.getsockopt(socket.number(), SOL_SOCKET, SO_PEERCRED, credentials, new int[] {UCRED}) == 0
                ? credentials[0]
                : -1;
    }

    /**
     * Lets the JVM do something.
     *
     * @param deadline when to give up
     * @param command its name
     * @param arguments three at the most
     * @return all that the JVM answers, or nothing when it doesn't in time; empty when it hangs up
     */
    Optional<String> execute(Deadline deadline, String command, String... arguments) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        put(request, VERSION);
        put(request, command);
        for (int i = 0; i < MOST_ARGUMENTS; i++) {
            put(request, i < arguments.length ? arguments[i] : "");
        }
        return send(request.toByteArray(), deadline) ? receive(deadline) : Optional.empty();
    }

    private static void put(ByteArrayOutputStream request, String text) {
        request.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        request.write(0);
    }

    private boolean send(byte[] request, Deadline deadline) throws IOException {
        for (int done = 0; done < request.length; ) {
            if (!target.await(socket.number(), Libc.POLLOUT, deadline)) {
                return false;
            }
            byte[] rest = java.util.Arrays.copyOfRange(request, done, request.length);
            // SIGPIPE: the JVM ignores it, here as everywhere.
            long sent = Libc.write(socket.number(), rest, rest.length);
            if (sent < 0 && !isTemporary()) {
                // Gone, or it answered already and hung up; the answer tells.
                return true;
            }
            done += (int) Math.max(0, sent);
        }
        return true;
    }

    private Optional<String> receive(Deadline deadline) throws IOException {
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        byte[] part = new byte[4096];
        while (reply.size() < LONGEST_REPLY) {
            if (!target.await(socket.number(), Libc.POLLIN, deadline)) {
                return Optional.empty();
            }
            long got = Libc.read(socket.number(), part, part.length);
            if (got > 0) {
                reply.write(part, 0, (int) got);
            } else if (got == 0 || !isTemporary()) {
                break;
            }
        }
        return Optional.of(reply.toString(StandardCharsets.UTF_8));
    }

    private static boolean isTemporary() {
        return Libc.errno() == Libc.EAGAIN || Libc.errno() == Libc.EINTR;
    }

    @Override
    public void close() {
        socket.close();
    }
}
