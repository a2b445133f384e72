package org.dyntrace.daemon.link;

import com.sun.jna.Native;
import java.io.IOException;
import jnr.unixsocket.Credentials;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;
import org.dyntrace.daemon.proc.ProcessId;

/**
 * Which process is at the other end of a connection, as the kernel tells.
 *
 * @param process the process that has connected, which still runs
 * @param uid the user that it had then
 */
record Peer(ProcessId process, int uid) {
    private static final int SOL_SOCKET = 1;

    /** Since Linux 6.5. */
    private static final int SO_PEERPIDFD = 77;

    /**
     * Asks the kernel. A pid alone could be another process's by now: somebody may connect, hand the connection on, and end; the
     * descriptor of a process tells whether it is the one that has connected.
     *
     * @param channel a connection that was accepted just now
     * @return who is there
     * @throws IOException when the process has ended
     */
    static Peer of(UnixSocketChannel channel) throws IOException {
        Credentials credentials = channel.getOption(UnixSocketOptions.SO_PEERCRED);
        ProcessId process = ProcessId.current(credentials.getPid());
        int[] descriptor = new int[1];
        if (Libc.getsockopt(channel.getFD(), SOL_SOCKET, SO_PEERPIDFD, descriptor, new int[] {Integer.BYTES}) == 0) {
            boolean ended = Readiness.await(descriptor[0], 0);
            Libc.close(descriptor[0]);
            if (ended) {
                throw new IOException("process " + credentials.getPid() + " has connected and ended");
            }
        }
        return new Peer(process, credentials.getUid());
    }

    /** A record has no native methods. */
    private static final class Libc {
        static {
            Native.register(Libc.class, "c");
        }

        static native int getsockopt(int socket, int level, int option, int[] value, int[] length);

        static native int close(int descriptor);
    }
}
