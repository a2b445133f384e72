package org.dyntrace.daemon.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.logging.ErrorManager;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/**
 * The file with the lines of {@link Audit}, for the daemon's user alone. Each line is written whole and at once, so that it
 * survives the daemon. At a size the file becomes {@code audit.log.1}, that one {@code audit.log.2}, and so on; the oldest goes.
 */
public final class AuditFile extends Handler {
    private static final int OLD_ONES = 5;

    private final Path file;
    private final long longest;
    private FileChannel channel;

    /**
     * Opens it.
     *
     * @param file its path; the directory exists
     * @param longest its size in bytes
     * @throws IOException when it can't be written, or is a symbolic link
     */
    public AuditFile(Path file, long longest) throws IOException {
        this.file = file;
        this.longest = longest;
        open();
    }

    private void open() throws IOException {
        channel = FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND,
                        LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    @Override
    public synchronized void publish(LogRecord line) {
        Object[] words = line.getParameters();
        String text = words == null || words.length == 0 ? line.getMessage() : String.valueOf(words[0]);
        byte[] bytes =
                (line.getInstant().truncatedTo(ChronoUnit.MILLIS) + " " + text + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (channel.size() > 0 && channel.size() + bytes.length > longest) {
                rotate();
            }
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException e) {
            // A full disk must not stop who takes tracepoints away. The daemon's log has the line, too.
            reportError("the audit file can't be written", e, ErrorManager.WRITE_FAILURE);
        }
    }

    private void rotate() throws IOException {
        channel.close();
        for (int number = OLD_ONES - 1; number >= 0; number--) {
            Path from = number == 0 ? file : old(number);
            if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(from, old(number + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        open();
    }

    private Path old(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    @Override
    public void flush() {
        // Nothing is kept back.
    }

    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException e) {
            reportError("the audit file can't be closed", e, ErrorManager.CLOSE_FAILURE);
        }
    }
}
