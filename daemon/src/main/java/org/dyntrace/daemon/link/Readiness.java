package org.dyntrace.daemon.link;

import com.sun.jna.Native;

/** Waiting for a socket, with an end. */
final class Readiness {
    private static final int POLLIN = 1;

    static {
        Native.register(Readiness.class, "c");
    }

    private Readiness() {}

    /** {@return whether something came within so many milliseconds} */
    static boolean await(int socket, int milliseconds) {
        // struct pollfd: a number, then what is waited for and what came in two halves.
        return poll(new int[] {socket, POLLIN}, 1, milliseconds) > 0;
    }

    private static native int poll(int[] descriptors, long count, int milliseconds);
}
