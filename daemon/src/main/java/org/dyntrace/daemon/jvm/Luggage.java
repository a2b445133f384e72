package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory of ours in a target's own file system, made with its rights: for files that it doesn't see where the daemon does. It
 * is fresh and open to its user alone, so nobody can have laid something into it.
 */
final class Luggage implements AutoCloseable {
    private static final List<String> PLACES = List.of("/tmp", "/var/tmp", "/dev/shm", "/run");
    private static final int WORLD_WRITABLE = 0002;
    private static final int STICKY = 01000;
    private static final int STATFS = 120;
    private static final int STATFS_FLAGS = 80;
    private static final long NO_EXEC = 8;
    private static final long MOST_AT_ONCE = 0x7ffff000;

    private final Descriptor place;
    private final Descriptor directory;
    private final String name;
    private final String path;
    private final List<String> files = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();
    private Descriptor sockets;
    private String socketFile;

    private Luggage(Descriptor place, Descriptor directory, String in, String name) {
        this.place = place;
        this.directory = directory;
        this.name = name;
        this.path = in + "/" + name;
    }

    /**
     * Makes the directory.
     *
     * @param root the target's
     * @param executable whether libraries will be loaded from there
     * @throws IOException with the last place's error when there is no place for it
     */
    static Luggage make(TargetRoot root, boolean executable) throws IOException {
        IOException last = null;
        for (String in : PLACES) {
            try {
                return make(root.open(in, Libc.O_PATH | Libc.O_DIRECTORY), in, executable);
            } catch (IOException unusable) {
                last = last == null ? new IOException(in + ": " + unusable.getMessage(), unusable) : last;
            }
        }
        throw last;
    }

    private static Luggage make(Descriptor place, String in, boolean executable) throws IOException {
        try {
            int mode = (int) place.attributes().get("mode");
            if ((mode & WORLD_WRITABLE) != 0 && (mode & STICKY) == 0) {
                throw new IOException("anyone may change what others put there");
            }
            if (executable && isNoExec(place)) {
                throw new IOException("it is mounted noexec");
            }
            String name = FreshName.make();
            if (Libc.mkdirat(place.number(), name, 0700) != 0) {
                throw new IOException(Libc.error());
            }
            return new Luggage(place, TargetRoot.openIn(place, name, Libc.O_RDONLY | Libc.O_DIRECTORY), in, name);
        } catch (IOException e) {
            place.close();
            throw e;
        }
    }

    private static boolean isNoExec(Descriptor place) {
        byte[] statfs = new byte[STATFS];
        return Libc.fstatfs(place.number(), statfs) == 0
                && (ByteBuffer.wrap(statfs).order(ByteOrder.LITTLE_ENDIAN).getLong(STATFS_FLAGS) & NO_EXEC) != 0;
    }

    /** {@return its path as the target sees it} */
    String path() {
        return path;
    }

    /** Puts a copy of a file into it, and returns the path for the target. */
    String add(Source source) throws IOException {
        try (Descriptor to = create(source.name())) {
            long[] offset = {0};
            long sent;
            do {
                sent = Libc.sendfile(to.number(), source.file().number(), offset, MOST_AT_ONCE);
            } while (sent > 0);
            if (sent < 0) {
                throw new IOException(path + "/" + source.name() + ": " + Libc.error());
            }
        }
        return path + "/" + source.name();
    }

    /** Makes a directory with room for a socket in it, and returns the path for the daemon. */
    Path addSocket(String folder, String socket) throws IOException {
        if (Libc.mkdirat(directory.number(), folder, 0700) != 0) {
            throw new IOException(path + "/" + folder + ": " + Libc.error());
        }
        folders.add(folder);
        sockets = TargetRoot.openIn(directory, folder, Libc.O_RDONLY | Libc.O_DIRECTORY);
        socketFile = socket;
        return Path.of(sockets.path(), socket);
    }

    /** The target may put a file there; it goes with the rest. */
    void expect(String file) {
        files.add(file);
    }

    /** Opens what the target has put there. */
    Descriptor open(String file) throws IOException {
        return TargetRoot.openIn(directory, file, Libc.O_RDONLY | Libc.O_NONBLOCK);
    }

    private Descriptor create(String file) throws IOException {
        Descriptor made = new Descriptor(Libc.openat(
                directory.number(),
                file,
                Libc.O_CREAT | Libc.O_EXCL | Libc.O_WRONLY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC,
                0600));
        files.add(file);
        return made;
    }

    /** Takes all of it away. What the target has opened or mapped stays there for it. */
    @Override
    public void close() {
        if (sockets != null) {
            Libc.unlinkat(sockets.number(), socketFile, 0);
            sockets.close();
        }
        for (String folder : folders) {
            Libc.unlinkat(directory.number(), folder, Libc.AT_REMOVEDIR);
        }
        for (String file : files) {
            Libc.unlinkat(directory.number(), file, 0);
        }
        Libc.unlinkat(place.number(), name, Libc.AT_REMOVEDIR);
        directory.close();
        place.close();
    }
}
