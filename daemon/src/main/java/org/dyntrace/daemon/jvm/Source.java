package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that a target needs, opened with the daemon's rights.
 *
 * @param path where it really is
 * @param file open for reading
 */
record Source(Path path, Descriptor file) implements AutoCloseable {
    static Source open(Path path) throws IOException {
        Path real = path.toRealPath();
        if (!Files.isRegularFile(real)) {
            throw new IOException(real + " is no file");
        }
        return new Source(real, new Descriptor(Libc.open(real.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0)));
    }

    String name() {
        return path.getFileName().toString();
    }

    /** {@return whether a target finds this very file at the same path, and may read it} */
    boolean isSeenIn(TargetRoot root) throws IOException {
        try (Descriptor seen = root.open(path.toString(), Libc.O_RDONLY | Libc.O_NOCTTY | Libc.O_NONBLOCK)) {
            return seen.isSameFile(file);
        } catch (IOException invisible) {
            return false;
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
