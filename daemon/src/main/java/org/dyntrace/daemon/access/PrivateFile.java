package org.dyntrace.daemon.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Files that decide what the daemon does: nobody else may have written, or for secrets read, them. */
public final class PrivateFile {
    private static final Set<PosixFilePermission> WRITING =
            EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    private static final Set<PosixFilePermission> ANY = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private PrivateFile() {}

    /**
     * Looks whether a file is the daemon's user's or root's, and no one else can write it.
     *
     * @param file the file
     * @throws Failure BAD_REQUEST when not
     */
    public static void checkUnchanged(Path file) {
        check(file, WRITING, "go-w");
    }

    /** As {@link #checkUnchanged}, and no one else can read it. */
    static void checkSecret(Path file) {
        check(file, ANY, "go-rw");
    }

    /** {@return the first line of a file that holds a password} */
    static char[] secret(Path file) {
        checkSecret(file);
        try {
            return Files.readString(file, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("")
                    .toCharArray();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static void check(Path file, Set<PosixFilePermission> forbidden, String mode) {
        try {
            long owner = ((Integer) Files.getAttribute(file, "unix:uid")) & 0xffffffffL;
            Set<PosixFilePermission> rights = EnumSet.noneOf(PosixFilePermission.class);
            rights.addAll(Files.getPosixFilePermissions(file));
            rights.retainAll(forbidden);
            if (owner != 0 && owner != Caller.daemon().uid() || !rights.isEmpty()) {
                throw new Failure(
                        Reason.BAD_REQUEST,
                        "The file " + file + " is not the daemon's alone.",
                        "Run 'chown " + UserName.of(Caller.daemon().uid()) + " " + file + "' and 'chmod " + mode + " "
                                + file + "'.");
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static Failure unreadable(Path file, IOException e) {
        return new Failure(
                Reason.BAD_REQUEST,
                "The file " + file + " can't be read: " + e.getMessage() + ".",
                "Look at the path in the daemon's settings.",
                e);
    }
}
