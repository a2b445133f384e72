package org.dyntrace.daemon.jvm;

import com.sun.jna.Native;

/**
 * The C library calls that this package makes. Each returns what its manual page says; after -1 {@link #errno()} tells why.
 */
final class Libc {
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int ECONNREFUSED = 111;

    static final int AT_FDCWD = -100;
    static final int AT_REMOVEDIR = 0x200;

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_NOCTTY = 0400;
    static final int O_NONBLOCK = 04000;
    static final int O_DIRECTORY = 0200000;
    static final int O_NOFOLLOW = 0400000;
    static final int O_CLOEXEC = 02000000;
    static final int O_PATH = 010000000;

    static final int RESOLVE_NO_MAGICLINKS = 2;
    static final int RESOLVE_NO_SYMLINKS = 4;
    static final int RESOLVE_BENEATH = 8;
    static final int RESOLVE_IN_ROOT = 16;

    static final int POLLIN = 1;
    static final int POLLOUT = 4;

    static final int IN_CREATE = 0x100;
    static final int IN_MOVED_TO = 0x80;

    static final int SIGQUIT = 3;

    static final long SYS_SETRESUID = 117;
    static final long SYS_SETRESGID = 119;
    static final long SYS_SETGROUPS = 116;
    static final long SYS_PIDFD_SEND_SIGNAL = 424;
    static final long SYS_PIDFD_OPEN = 434;
    static final long SYS_OPENAT2 = 437;

    static {
        Native.register(Libc.class, "c");
    }

    private Libc() {}

    static int errno() {
        return Native.getLastError();
    }

    /** {@return what the last error means, in words} */
    static String error() {
        return strerror(errno());
    }

    static native String strerror(int error);

    static native int open(String path, int flags, int mode);

    static native int openat(int directory, String path, int flags, int mode);

    static native int mkdirat(int directory, String path, int mode);

    static native int unlinkat(int directory, String path, int flags);

    static native int fstatfs(int descriptor, byte[] into);

    static native int close(int descriptor);

    static native long read(int descriptor, byte[] into, long size);

    static native long write(int descriptor, byte[] from, long size);

    static native long pread(int descriptor, byte[] into, long size, long offset);

    static native long sendfile(int to, int from, long[] offset, long size);

    static native int socket(int domain, int type, int protocol);

    static native int connect(int socket, byte[] address, int size);

    static native int getsockopt(int socket, int level, int option, int[] value, int[] size);

    static native int poll(int[] descriptors, long count, int milliseconds);

    static native int inotify_init1(int flags);

    static native int inotify_add_watch(int inotify, String path, int events);

    static native long syscall(long number, long first, long second, long third, long fourth);

    static native long syscall(long number, long count, int[] ids);

    static native long syscall(long number, long directory, String path, long[] how, long size);
}
