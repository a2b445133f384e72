package org.dyntrace.daemon.link;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** Sends a file descriptor beside data over a Unix socket (SCM_RIGHTS), which Java's channels can't. */
final class DescriptorPassing {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** sizeof(struct msghdr), struct iovec, and CMSG_SPACE(sizeof(int)) on x86-64. */
    private static final int MSGHDR = 56;

    private static final int IOVEC = 16;
    private static final int CONTROL = 24;
    private static final int CONTROL_LENGTH = 20;

    static {
        Native.register(DescriptorPassing.class, "c");
    }

    private DescriptorPassing() {}

    /** Sends some of the data, at least a byte, together with the descriptor; returns how much. */
    static int send(int socket, byte[] data, int descriptor) throws LastErrorException {
        try (Memory bytes = new Memory(data.length);
                Memory vector = new Memory(IOVEC);
                Memory control = new Memory(CONTROL);
                Memory header = new Memory(MSGHDR)) {
            bytes.write(0, data, 0, data.length);
            vector.setPointer(0, bytes);
            vector.setLong(8, data.length);
            control.clear();
            control.setLong(0, CONTROL_LENGTH);
            control.setInt(8, SOL_SOCKET);
            control.setInt(12, SCM_RIGHTS);
            control.setInt(16, descriptor);
            header.clear();
            header.setPointer(16, vector);
            header.setLong(24, 1);
            header.setPointer(32, control);
            header.setLong(40, CONTROL);
            return (int) sendmsg(socket, header, MSG_NOSIGNAL);
        }
    }

    private static native long sendmsg(int socket, Pointer header, int flags) throws LastErrorException;
}
