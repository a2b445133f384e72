package org.dyntrace.daemon.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.dyntrace.daemon.access.AskersRights;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Gives files of the daemon's to who has asked for them: as copies that he himself could have made. */
final class Handover {
    private static final Logger LOG = System.getLogger(Handover.class.getName());
    private static final FileAttribute<?> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** Files have the time of the kernel's last tick. */
    private static final Duration CLOCK_STEP = Duration.ofMillis(100);

    private Handover() {}

    /** Makes a directory with the rights of who asks, so that he learns at once when he may not. */
    static void make(Path directory, Caller caller) {
        as(caller, directory, () -> Files.createDirectory(directory, PRIVATE_DIRECTORY));
    }

    /**
     * Takes a directory away again that {@link #make} made, if nothing is in it. A daemon that was killed may not have come to making it: one that
     * was there before, or a file, stays.
     *
     * @param since when it was made at the earliest
     */
    static void unmake(Path directory, Caller caller, Instant since) {
        as(caller, directory, () -> {
            try {
                BasicFileAttributes is =
                        Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (is.isDirectory() && !is.lastModifiedTime().toInstant().isBefore(since.minus(CLOCK_STEP))) {
                    Files.delete(directory);
                }
            } catch (NoSuchFileException gone) {
                // As it should be.
            }
            return null;
        });
    }

    /**
     * Copies what is in a directory into another one, all of it or nothing.
     *
     * @param from a directory of the daemon's
     * @param to which {@link #make} made
     * @param caller whose it is
     */
    static void copy(Path from, Path to, Caller caller) {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path file : walk.sorted().toList()) {
                copy(file, to.resolve(from.relativize(file).toString()), to, caller);
            }
        } catch (IOException | UncheckedIOException e) {
            clear(from, to, caller);
            throw new Failure(
                    Reason.RECORDING,
                    "The daemon can't read its directory " + from + ": " + words(e) + ".",
                    "See to its permissions.",
                    e);
        } catch (Failure e) {
            clear(from, to, caller);
            throw e;
        }
    }

    private static void copy(Path file, Path target, Path to, Caller caller) throws IOException {
        if (Files.isDirectory(file)) {
            // The directory that was made at the start may be gone meanwhile; those in it are ours.
            as(
                    caller,
                    to,
                    () -> target.equals(to) && Files.isDirectory(to)
                            ? to
                            : Files.createDirectory(target, PRIVATE_DIRECTORY));
            return;
        }
        try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            as(caller, to, () -> {
                copy(source, target);
                return target;
            });
        }
    }

    /** Takes away what a copy has left that came to no end. */
    static void clear(Path from, Path to, Caller caller) {
        try (Stream<Path> walk = Files.walk(from)) {
            List<Path> copies = walk.sorted(Comparator.reverseOrder())
                    .filter(file -> !file.equals(from))
                    .map(file -> to.resolve(from.relativize(file).toString()))
                    .toList();
            as(caller, to, () -> {
                for (Path copy : copies) {
                    Files.deleteIfExists(copy);
                }
                return to;
            });
        } catch (IOException | UncheckedIOException | Failure e) {
            LOG.log(Level.WARNING, "what was copied into " + to + " stays", e);
        }
    }

    private static void copy(FileChannel source, Path target) throws IOException {
        try (FileChannel out = FileChannel.open(
                target, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE_FILE)) {
            long size = source.size();
            for (long at = 0; at < size; ) {
                at += source.transferTo(at, size - at, out);
            }
        }
    }

    private static void as(Caller caller, Path directory, Callable<?> work) {
        try {
            AskersRights.with(caller, work);
        } catch (Failure e) {
            throw e;
        } catch (Exception e) {
            throw new Failure(
                    Reason.RECORDING,
                    "The directory " + directory + " can't be written by you: " + words(e) + ".",
                    "Give a directory that does not exist yet, in one where you may write and where there is room.",
                    e);
        }
    }

    private static String words(Exception e) {
        if (e instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "there is no such directory";
        }
        return String.valueOf(e.getMessage());
    }

    /** Deletes a directory of the daemon's. */
    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(directory)) {
            List<Path> files = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
