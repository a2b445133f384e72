package org.dyntrace.daemon.jmx;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.record.AskersRights;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Opens log files with the rights of who asks. */
final class LogFile {
    private static final int O_WRONLY = 1;
    private static final int O_CREAT = 0100;
    private static final int O_NOCTTY = 0400;
    private static final int O_APPEND = 02000;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;

    static {
        Native.register(LogFile.class, "c");
    }

    private LogFile() {}

    /** {@return a descriptor, open for appending} */
    static int open(Path file, Caller caller) {
        if (!file.isAbsolute()) {
            throw new Failure(Reason.BAD_REQUEST, file + " is no absolute path.", "Give the whole path.");
        }
        try {
            return AskersRights.with(caller, () -> open(file));
        } catch (Failure e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static int open(Path file) {
        int descriptor;
        try {
            // Without O_NONBLOCK, a FIFO without reader would hold us here.
            descriptor = open(file.toString(), O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0644);
        } catch (LastErrorException e) {
            throw refused(file, e.getMessage());
        }
        if (!Files.isRegularFile(Path.of("/proc/self/fd/" + descriptor))) {
            close(descriptor);
            throw refused(file, "it is no regular file");
        }
        return descriptor;
    }

    private static Failure refused(Path file, String why) {
        return new Failure(
                Reason.LOG_FILE,
                "The log file " + file + " can't be written by you: " + why.replaceFirst("^\\[\\d+\\] ", "") + ".",
                "Give a file in a directory where you may write.");
    }

    static native int open(String path, int flags, int mode) throws LastErrorException;

    static native int close(int descriptor) throws LastErrorException;
}
