package org.dyntrace.daemon.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.logging.ErrorManager;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {
    @TempDir
    private Path directory;

    private static void write(AuditFile file, String line) {
        file.publish(new LogRecord(Level.INFO, line));
    }

    @Test
    void fiveOldOnesAreKept() throws IOException {
        Path path = directory.resolve("audit.log");
        AuditFile file = new AuditFile(path, 200);
        for (int i = 0; i < 100; i++) {
            write(file, "line " + i + " ".repeat(50));
        }
        file.close();
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(6, files.count());
        }
        assertTrue(Files.readString(path).contains("line 99 "));
        for (int i = 1; i <= 5; i++) {
            Path old = directory.resolve("audit.log." + i);
            assertTrue(Files.size(old) <= 200 && Files.size(old) > 100, old::toString);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(old)));
        }
        // In order, none twice, none left out.
        assertTrue(Files.readString(directory.resolve("audit.log.1")).contains("line 97 "));
        assertTrue(Files.readString(directory.resolve("audit.log.5")).contains("line 89 "));
        assertFalse(Files.exists(directory.resolve("audit.log.6")));
    }

    @Test
    void whatWasThereStays() throws IOException {
        Path path = directory.resolve("audit.log");
        Files.writeString(path, "before\n");
        AuditFile file = new AuditFile(path, 1000);
        write(file, "after");
        file.close();
        assertTrue(Files.readString(path).startsWith("before\n"));
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        Path path = directory.resolve("audit.log");
        Files.createSymbolicLink(path, directory.resolve("elsewhere"));
        assertThrows(IOException.class, () -> new AuditFile(path, 1000));
        assertFalse(Files.exists(directory.resolve("elsewhere")));
    }

    /** A file gets too long then, but no line is lost, and it is tried again. */
    @Test
    void aRotationThatFailsIsTriedAgain() throws IOException {
        Path path = directory.resolve("audit.log");
        AuditFile file = new AuditFile(path, 100);
        file.setErrorManager(new ErrorManager() {
            @Override
            public void error(String message, Exception e, int code) {
                assertEquals(GENERIC_FAILURE, code);
            }
        });
        write(file, "x".repeat(90));
        Files.createFile(directory.resolve("audit.log.4"));
        Path inTheWay = Files.createDirectories(directory.resolve("audit.log.5/full"));
        write(file, "in the long one");
        assertEquals(2, Files.readAllLines(path).size());
        Files.delete(inTheWay);
        write(file, "in the next one");
        file.close();
        assertTrue(Files.readString(path).endsWith("in the next one\n"));
        assertEquals(1, Files.readAllLines(path).size());
        assertTrue(Files.readString(directory.resolve("audit.log.1")).endsWith("in the long one\n"));
    }
}
