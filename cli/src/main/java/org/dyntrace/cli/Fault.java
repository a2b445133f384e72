package org.dyntrace.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;

/** What went wrong with a file, in words: the JDK's own messages are often no more than its name. */
final class Fault {
    private Fault() {}

    static String of(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NotDirectoryException) {
            return "not a directory";
        }
        return Optional.ofNullable(e instanceof FileSystemException fault ? fault.getReason() : e.getMessage())
                .orElse(e.getClass().getSimpleName());
    }
}
