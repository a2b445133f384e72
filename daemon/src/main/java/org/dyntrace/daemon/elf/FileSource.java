package org.dyntrace.daemon.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * A file that is read in parts. It is open only while one is read, so that the daemon keeps no file system of a traced process
 * busy; each time it is checked that it's the same file still.
 */
final class FileSource {
    /** The largest part read at once: the symbols of the largest programs are about half of it. */
    private static final long PART_MAX = 512L << 20;

    private final FileKey key;
    private final String name;
    private volatile List<Path> paths;

    private FileSource(FileKey key, String name, List<Path> paths) {
        this.key = key;
        this.name = name;
        this.paths = paths;
    }

    /**
     * Finds a file by the first of these paths that leads to it.
     *
     * @param name what to call it in messages
     * @param paths where it may be
     * @param inode its inode, or 0 for whichever is there
     */
    static Optional<FileSource> find(String name, List<Path> paths, long inode) {
        for (Path path : paths) {
            try {
                FileKey key = FileKey.of(path);
                if (inode == 0 || key.inode() == inode) {
                    return Optional.of(new FileSource(key, name, paths));
                }
            } catch (IOException e) {
                continue; // not there, or not for us
            }
        }
        return Optional.empty();
    }

    FileKey key() {
        return key;
    }

    String name() {
        return name;
    }

    List<Path> paths() {
        return paths;
    }

    /** The same file was found here: the former paths may lead through a process that is gone. */
    void isAlsoAt(List<Path> now) {
        paths = now;
    }

    /**
     * Reads a part.
     *
     * @throws Failure UNSUPPORTED when the file is shorter, gone or changed
     */
    Bytes read(long offset, long size) {
        if (offset < 0 || size < 0 || size > PART_MAX || offset > key.size() - size) {
            throw Bytes.damaged(name, "a part of " + size + " bytes at offset " + offset + " goes past its end");
        }
        try (FileChannel channel = open()) {
            ByteBuffer buffer = ByteBuffer.allocate((int) size);
            while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) > 0) {
                continue;
            }
            if (buffer.hasRemaining()) {
                throw Bytes.damaged(name, "it has become shorter");
            }
            return new Bytes(buffer.array(), name);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** {@return the checksum that .gnu_debuglink holds of a debug file} */
    int crc() {
        CRC32 crc = new CRC32();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try (FileChannel channel = open()) {
            while (channel.read(buffer) > 0) {
                crc.update(buffer.flip());
                buffer.clear();
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        return (int) crc.getValue();
    }

    private FileChannel open() throws IOException {
        for (Path path : paths) {
            try {
                if (FileKey.of(path).equals(key)) {
                    return FileChannel.open(path, StandardOpenOption.READ);
                }
            } catch (IOException e) {
                continue; // the next path may do
            }
        }
        throw new IOException("it is gone or has changed");
    }

    private Failure unreadable(IOException e) {
        return new Failure(
                Reason.UNSUPPORTED,
                "The file " + name + " can't be read: " + e.getMessage() + ".",
                "If it was replaced by an update, restart the program.",
                e);
    }
}
