package org.dyntrace.daemon.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file by which others find this daemon: its lock, its sockets. Somebody may remove it, and another daemon may make one of the same
 * name.
 *
 * @param path where it is
 * @param key its device and inode, as made
 */
public record OwnFile(Path path, Object key) {
    /**
     * A file that was just made.
     *
     * @param path where it is
     * @return it
     * @throws IOException when it is not there
     */
    public static OwnFile of(Path path) throws IOException {
        return new OwnFile(path, keyOf(path));
    }

    /** {@return whether the path still leads to this very file} */
    public boolean isThere() {
        try {
            return keyOf(path).equals(key);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Removes it, if it is still there.
     *
     * @throws IOException when it can't be removed
     */
    public void delete() throws IOException {
        if (isThere()) {
            Files.deleteIfExists(path);
        }
    }

    private static Object keyOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }
}
