package org.dyntrace.daemon.jmx;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Opens log files with the rights of who asks: on a thread of its own that has taken on their identity. The calls are the
 * kernel's own ones, which change one thread only; libc's would change all.
 */
final class LogFile {
    private static final long SYS_SETGROUPS = 116;
    private static final long SYS_SETFSUID = 122;
    private static final long SYS_SETFSGID = 123;

    static {
        Native.register(LogFile.class, "c");
    }

    private LogFile() {}

    /** {@return a descriptor, open for appending} */
    static int open(Path file, Caller caller) {
        if (!file.isAbsolute()) {
            throw new Failure(Reason.BAD_REQUEST, file + " is no absolute path.", "Give the whole path.");
        }
        FutureTask<Integer> opening = new FutureTask<>(() -> openAs(file, caller));
        Thread thread = new Thread(opening, "log file");
        thread.setDaemon(true);
        thread.start();
        try {
            return opening.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int openAs(Path file, Caller caller) {
        if (caller.uid() != Caller.daemon().uid()) {
            become(caller);
        }
        try (PathWalk walk = new PathWalk(file, caller.uid())) {
            return walk.open();
        } catch (LastErrorException | PathWalk.Refused | IOException e) {
            throw refused(file, e.getMessage());
        }
    }

    private static void become(Caller caller) {
        Set<Long> groups = caller.groups();
        int[] ids = groups.stream().mapToInt(Math::toIntExact).toArray();
        syscall(SYS_SETGROUPS, ids.length, ids);
        syscall(SYS_SETFSGID, caller.gid());
        syscall(SYS_SETFSUID, caller.uid());
        // These two tell no error: asking again tells who we are.
        if (syscall(SYS_SETFSUID, -1) != caller.uid() || syscall(SYS_SETFSGID, -1) != caller.gid()) {
            throw new Failure(
                    Reason.NOT_PERMITTED,
                    "The daemon can't open files in the name of user " + caller.uid() + ".",
                    "Run it as root.");
        }
    }

    private static Failure refused(Path file, String why) {
        return new Failure(
                Reason.LOG_FILE,
                "The log file " + file + " can't be written by you: " + why.replaceFirst("^\\[\\d+\\] ", "") + ".",
                "Give a file in a directory where you may write.");
    }

    static void close(int descriptor) {
        PathWalk.close(descriptor);
    }

    private static native long syscall(long number, long argument) throws LastErrorException;

    private static native long syscall(long number, long count, int[] ids) throws LastErrorException;
}
