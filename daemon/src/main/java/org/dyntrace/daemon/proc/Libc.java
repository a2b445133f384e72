package org.dyntrace.daemon.proc;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The C library calls that this package makes, as JNA direct mappings: a call costs about a tenth of a microsecond, and a stopped
 * target waits for several of them.
 *
 * <p>Each returns what its manual page says; after -1 {@link #errno()} tells why.
 */
final class Libc {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ECHILD = 10;
    static final int EACCES = 13;
    static final int EFAULT = 14;

    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CLOEXEC = 0x80000;

    static final int WNOHANG = 1;
    static final int WALL = 0x40000000;

    static final int PR_SET_TIMERSLACK = 29;

    static final long SYS_GETPRIORITY = 140;
    static final long SYS_PIDFD_SEND_SIGNAL = 424;
    static final long SYS_PIDFD_OPEN = 434;

    static {
        Native.register(Libc.class, "c");
    }

    private Libc() {}

    static int errno() {
        return Native.getLastError();
    }

    static native int open(String path, int flags, int mode);

    static native int close(int descriptor);

    static native long pread(int descriptor, byte[] into, long count, long offset);

    static native long pwrite(int descriptor, byte[] from, long count, long offset);

    static native long ptrace(long request, long tid, long address, long data);

    static native long ptrace(long request, long tid, long address, long[] data);

    static native int waitpid(int tid, int[] status, int options);

    static native long process_vm_readv(
            int pid, Pointer local, long localCount, Pointer remote, long remoteCount, long flags);

    static native long syscall(long number, long first, long second, long third, long fourth);

    static native int sched_yield();

    static native int prctl(int option, long value, long third, long fourth, long fifth);

    static native int setpriority(int which, int who, int niceness);

    static native int sched_getscheduler(int tid);

    static native int sched_setscheduler(int tid, int policy, int[] priority);

    static native int getpid();
}
