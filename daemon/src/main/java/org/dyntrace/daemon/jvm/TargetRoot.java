package org.dyntrace.daemon.jvm;

import java.io.IOException;
import org.dyntrace.daemon.proc.ProcessId;

/**
 * The file system as a process sees it. Names are looked up as in its root, whatever links its owner has laid; none leads out.
 * It is to be opened as the daemon, and used with the process's own rights.
 */
final class TargetRoot implements AutoCloseable {
    private static final int HOW = 3;

    private final Descriptor root;

    private TargetRoot(Descriptor root) {
        this.root = root;
    }

    static TargetRoot open(ProcessId process) throws IOException {
        Descriptor root = new Descriptor(
                Libc.open(process.directory() + "/root", Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0));
        if (!process.isAlive()) {
            root.close();
            throw process.gone();
        }
        return new TargetRoot(root);
    }

    /** Opens a file by its path in there, through the links in there. */
    Descriptor open(String path, int flags) throws IOException {
        return openat2(root, path, flags, Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS);
    }

    /** Opens what has this name in a directory, and is no link. */
    static Descriptor openIn(Descriptor directory, String name, int flags) throws IOException {
        return openat2(directory, name, flags | Libc.O_NOFOLLOW, Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_SYMLINKS);
    }

    private static Descriptor openat2(Descriptor directory, String path, int flags, int resolve) throws IOException {
        long[] how = {flags | Libc.O_CLOEXEC, 0, resolve};
        return new Descriptor(Libc.syscall(Libc.SYS_OPENAT2, directory.number(), path, how, (long) HOW * Long.BYTES));
    }

    @Override
    public void close() {
        root.close();
    }
}
