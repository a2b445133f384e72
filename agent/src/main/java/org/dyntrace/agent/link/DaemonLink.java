package org.dyntrace.agent.link;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.dyntrace.agent.natives.Natives;
import org.dyntrace.wire.FromAgent;
import org.dyntrace.wire.FromJvm;
import org.dyntrace.wire.Hello;
import org.dyntrace.wire.JvmAgent;
import org.dyntrace.wire.JvmRequest;

/** A connection to a daemon: frames of a 4-byte little-endian length and a message. */
final class DaemonLink implements AutoCloseable {
    static final int FRAME_MAX = 1 << 20;
    private static final int PROTOCOL = 1;
    private static final int EINTR = 4;

    private final int socket;
    private int passed = -1;

    private DaemonLink(int socket) {
        this.socket = socket;
    }

    /** {@return a connection to the daemon of a run directory, or null if there is none that may be trusted} */
    static DaemonLink open(String rundir) {
        int socket = Natives.connect(rundir + ".agents/link.sock");
        return socket < 0 ? null : new DaemonLink(socket);
    }

    void greet() throws IOException {
        send(FromAgent.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocol(PROTOCOL)
                        .setJvm(JvmAgent.newBuilder()
                                .setRelease(Runtime.version().feature())))
                .build()
                .toByteArray());
    }

    /** {@return whether there is something to read, or the link has ended} */
    boolean await(int milliseconds) throws IOException {
        int ready = Natives.awaitInput(socket, milliseconds);
        if (ready < 0 && ready != -EINTR) {
            throw new IOException("errno " + -ready);
        }
        return ready > 0;
    }

    JvmRequest receive() throws IOException {
        int length = ByteBuffer.wrap(read(4)).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length < 1 || length > FRAME_MAX) {
            throw new IOException("a frame of " + length + " bytes");
        }
        return JvmRequest.parseFrom(read(length));
    }

    private byte[] read(int length) throws IOException {
        byte[] bytes = new byte[length];
        int[] descriptor = {passed};
        for (int at = 0; at < length; ) {
            int got = Natives.receive(socket, bytes, at, length - at, descriptor);
            passed = descriptor[0];
            if (got == 0) {
                throw new EOFException();
            }
            if (got < 0 && got != -EINTR) {
                throw new IOException("errno " + -got);
            }
            at += Math.max(got, 0);
        }
        return bytes;
    }

    /** {@return the descriptor that came with the last request, now the caller's; or -1} */
    int takeDescriptor() {
        int taken = passed;
        passed = -1;
        return taken;
    }

    void send(FromJvm message) throws IOException {
        send(message.toByteArray());
    }

    private void send(byte[] message) throws IOException {
        byte[] frame = ByteBuffer.allocate(4 + message.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(message.length)
                .put(message)
                .array();
        for (int at = 0; at < frame.length; ) {
            int sent = Natives.send(socket, frame, at, frame.length - at);
            if (sent < 0 && sent != -EINTR) {
                throw new IOException("errno " + -sent);
            }
            at += Math.max(sent, 0);
        }
    }

    /** Ends the link from another thread. */
    void interrupt() {
        Natives.shut(socket);
    }

    @Override
    public void close() {
        Natives.shut(socket);
        closePassed();
    }

    /** A descriptor that nobody took. */
    void closePassed() {
        if (passed >= 0) {
            long[] file = Natives.identity(passed);
            if (file != null) {
                Natives.closeFile(passed, file[0], file[1]);
            }
            passed = -1;
        }
    }
}
