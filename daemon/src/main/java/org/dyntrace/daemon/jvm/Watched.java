package org.dyntrace.daemon.jvm;

import java.io.IOException;
import org.dyntrace.daemon.proc.ProcessId;

/** A process whose end is noticed while something else is waited for. */
final class Watched implements AutoCloseable {
    private static final int SLICE = 1000;

    private final ProcessId process;
    private final Descriptor pidfd;

    Watched(ProcessId process) throws IOException {
        this.process = process;
        this.pidfd = new Descriptor(Libc.syscall(Libc.SYS_PIDFD_OPEN, process.pid(), 0, 0, 0));
        if (!process.isAlive()) {
            pidfd.close();
            throw process.gone();
        }
    }

    ProcessId process() {
        return process;
    }

    /**
     * Waits until a descriptor is ready.
     *
     * @param descriptor what to wait for, or -1 for nothing but the process's end
     * @param events POLLIN, POLLOUT
     * @param most how long at the most, in milliseconds
     * @return whether it is ready; false: that time is over
     * @throws org.dyntrace.mbeans.Failure PROCESS_GONE when the process ended, and the descriptor has nothing left
     */
    boolean await(int descriptor, int events, int most) throws IOException {
        // struct pollfd: a number, then events and what came in two halves.
        int[] two = {descriptor, events, pidfd.number(), Libc.POLLIN};
        int ready = Libc.poll(two, 2, most);
        if (ready < 0 && Libc.errno() != Libc.EINTR) {
            throw new IOException(Libc.error());
        }
        boolean isReady = ready > 0 && two[1] >>> 16 != 0;
        if (ready > 0 && !isReady) {
            throw process.gone();
        }
        return isReady;
    }

    /** Waits until a descriptor is ready, and tells whether it was before the deadline. */
    boolean await(int descriptor, int events, Deadline deadline) throws IOException {
        while (!deadline.isOver()) {
            if (await(descriptor, events, deadline.milliseconds(SLICE))) {
                return true;
            }
        }
        return false;
    }

    /** Sends it a signal, and nobody else who may have its pid by now. */
    void signal(int signal) throws IOException {
        if (Libc.syscall(Libc.SYS_PIDFD_SEND_SIGNAL, pidfd.number(), signal, 0, 0) != 0) {
            String error = Libc.error();
            if (process.hasEnded()) {
                throw process.gone();
            }
            throw new IOException(error);
        }
    }

    @Override
    public void close() {
        pidfd.close();
    }
}
