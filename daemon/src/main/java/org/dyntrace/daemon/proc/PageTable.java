package org.dyntrace.daemon.proc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which pages a process has in its memory, through /proc/pid/pagemap. To read a page that it doesn't have would bring it in, and a
 * process should not grow because someone looks at it. Not for several threads at once.
 */
public final class PageTable implements AutoCloseable {
    private static final int PAGE = 4096;
    private static final long PRESENT = 1L << 63;

    /** Also set for a page that is just being moved, and other exceptions. */
    private static final long SWAPPED = 1L << 62;

    private final int descriptor;

    private PageTable(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens the page table of a process. One that can't be read says that every page is there.
     *
     * @param process a process
     * @return it, to be closed
     */
    public static PageTable open(ProcessId process) {
        return new PageTable(Libc.open(process.directory() + "/pagemap", Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
    }

    /**
     * Tells which pages of a run are there, in memory or swapped out. A page of a private mapping of a file that is not there is as in
     * the file: the process has no copy of its own.
     *
     * @param start the address of the first, a multiple of 4096
     * @param count how many
     * @return for each whether it is there; true for all when the kernel doesn't tell
     */
    public boolean[] present(long start, int count) {
        boolean[] present = new boolean[count];
        byte[] entries = new byte[count * Long.BYTES];
        boolean known = descriptor >= 0
                && Libc.pread(descriptor, entries, entries.length, start / PAGE * Long.BYTES) == entries.length;
        ByteBuffer words = ByteBuffer.wrap(entries).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            present[i] = !known || (words.getLong(i * Long.BYTES) & (PRESENT | SWAPPED)) != 0;
        }
        return present;
    }

    @Override
    public void close() {
        if (descriptor >= 0) {
            Libc.close(descriptor);
        }
    }
}
