package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/** An open file descriptor of the daemon. */
final class Descriptor implements AutoCloseable {
    private int number;

    /**
     * Takes what a call of the kernel returned.
     *
     * @throws IOException when that is -1
     */
    Descriptor(long number) throws IOException {
        if (number < 0) {
            throw new IOException(Libc.error());
        }
        this.number = (int) number;
    }

    int number() {
        return number;
    }

    /** {@return a path that leads to the same file, for all of this process} */
    String path() {
        return "/proc/self/fd/" + number;
    }

    /** {@return what the kernel says of the file: "uid", "mode", "dev", "ino"} */
    Map<String, Object> attributes() throws IOException {
        return Files.readAttributes(Path.of(path()), "unix:uid,mode,dev,ino");
    }

    boolean isSameFile(Descriptor other) throws IOException {
        Map<String, Object> mine = attributes();
        Map<String, Object> others = other.attributes();
        return mine.get("dev").equals(others.get("dev")) && mine.get("ino").equals(others.get("ino"));
    }

    @Override
    public void close() {
        if (number >= 0) {
            Libc.close(number);
            number = -1;
        }
    }

    static boolean exists(String path) {
        return Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS);
    }
}
