package org.dyntrace.daemon.jmx;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * Opens a file for appending, directory by directory, and follows no link that somebody may have planted: in a directory like /tmp,
 * where all may write and each may delete his own only, links and files must be the asker's or the directory's owner's. Kernels do
 * the same where fs.protected_symlinks and fs.protected_regular are set, which is not everywhere.
 */
final class PathWalk implements AutoCloseable {
    private static final int O_WRONLY = 1;
    private static final int O_CREAT = 0100;
    private static final int O_NOCTTY = 0400;
    private static final int O_APPEND = 02000;
    private static final int O_NONBLOCK = 04000;
    private static final int O_NOFOLLOW = 0400000;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_PATH = 010000000;
    private static final int ELOOP = 40;

    private static final int S_IFMT = 0170000;
    private static final int S_IFLNK = 0120000;
    private static final int S_IFREG = 0100000;
    private static final int STICKY_FOR_ALL = 01002;

    /** As many as the kernel follows. */
    private static final int LINKS_MAX = 40;

    private static final int PATH_MAX = 4096;

    static {
        Native.register(PathWalk.class, "c");
    }

    private final long asker;
    private final Deque<String> left = new ArrayDeque<>();
    private int directory;
    private int links;

    /**
     * A walk from the root.
     *
     * @param file an absolute path
     * @param asker the user who asks, whose rights this thread has
     */
    PathWalk(Path file, long asker) {
        this.asker = asker;
        this.directory = open("/", O_PATH | O_CLOEXEC, 0);
        put(file.toString());
    }

    /** What is not to be opened. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    private void put(String path) {
        String[] names = path.split("/+");
        for (int i = names.length - 1; i >= 0; i--) {
            if (!names[i].isEmpty() && !names[i].equals(".")) {
                left.push(names[i]);
            }
        }
    }

    /**
     * Walks to the end.
     *
     * @return a descriptor of a regular file, open for appending
     * @throws Refused when there is something else, or something of a stranger's
     * @throws LastErrorException when the kernel refuses
     */
    int open() throws Refused, IOException {
        while (!left.isEmpty()) {
            String name = left.pop();
            if (left.isEmpty() && !name.equals("..")) {
                int file = openLast(name);
                if (file >= 0) {
                    return file;
                }
                continue;
            }
            int next = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
            if (isLink(next)) {
                follow(name, next);
            } else {
                close(directory);
                directory = next;
            }
        }
        throw new Refused("it is a directory");
    }

    /** {@return the file's descriptor, or -1 when it is a link, which is followed then} */
    private int openLast(String name) throws Refused, IOException {
        int file;
        try {
            // Without O_NONBLOCK, a FIFO without reader would hold us here.
            file = openat(
                    directory,
                    name,
                    O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC,
                    0644);
        } catch (LastErrorException e) {
            if (e.getErrorCode() != ELOOP) {
                throw e;
            }
            follow(name, openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0));
            return -1;
        }
        try {
            check(file);
            return file;
        } catch (Refused | IOException e) {
            close(file);
            throw e;
        }
    }

    private void check(int file) throws Refused, IOException {
        Map<String, Object> seen = attributes(file);
        if (((Integer) seen.get("mode") & S_IFMT) != S_IFREG
                // What is called self there is the daemon, and not who asks.
                || seen.get("dev").equals(Files.getAttribute(Path.of("/proc/self"), "unix:dev"))) {
            throw new Refused("it is no regular file");
        }
        if (isStrangers(seen)) {
            throw new Refused("it is another user's, in a directory where all may write");
        }
    }

    private void follow(String name, int link) throws Refused, IOException {
        byte[] target = new byte[PATH_MAX];
        int length;
        try {
            if (!isLink(link) || ++links > LINKS_MAX) {
                throw new Refused("its path changes, or has too many links");
            }
            if (isStrangers(attributes(link))) {
                throw new Refused("'" + name + "' is another user's link, in a directory where all may write");
            }
            length = (int) readlinkat(link, "", target, target.length);
        } finally {
            close(link);
        }
        String text = new String(target, 0, length, StandardCharsets.UTF_8);
        if (text.startsWith("/")) {
            close(directory);
            directory = open("/", O_PATH | O_CLOEXEC, 0);
        }
        put(text);
    }

    private boolean isStrangers(Map<String, Object> entry) throws IOException {
        Map<String, Object> around = attributes(directory);
        return ((Integer) around.get("mode") & STICKY_FOR_ALL) == STICKY_FOR_ALL
                && uid(entry) != asker
                && uid(entry) != uid(around);
    }

    private static long uid(Map<String, Object> attributes) {
        return (Integer) attributes.get("uid") & 0xffffffffL;
    }

    private static boolean isLink(int descriptor) throws IOException {
        return ((Integer) attributes(descriptor).get("mode") & S_IFMT) == S_IFLNK;
    }

    /** Of what the descriptor is open on, whatever is at its path by now. */
    private static Map<String, Object> attributes(int descriptor) throws IOException {
        return Files.readAttributes(Path.of("/proc/self/fd/" + descriptor), "unix:mode,uid,dev");
    }

    @Override
    public void close() {
        close(directory);
    }

    private static native int open(String path, int flags, int mode) throws LastErrorException;

    private static native int openat(int directory, String path, int flags, int mode) throws LastErrorException;

    private static native long readlinkat(int directory, String path, byte[] target, long size)
            throws LastErrorException;

    static native int close(int descriptor) throws LastErrorException;
}
