package org.dyntrace.daemon.jmx;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Path;
import org.dyntrace.daemon.access.AskersRights;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Opens log files with the rights of who asks. */
final class LogFile {
    private LogFile() {}

    /** {@return a descriptor, open for appending} */
    static int open(Path file, Caller caller) {
        if (!file.isAbsolute()) {
            throw new Failure(Reason.BAD_REQUEST, file + " is no absolute path.", "Give the whole path.");
        }
        try {
            return AskersRights.with(caller, () -> open(file, caller.uid()));
        } catch (Failure e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static int open(Path file, long asker) {
        try (PathWalk walk = new PathWalk(file, asker)) {
            return walk.open();
        } catch (LastErrorException | PathWalk.Refused | IOException e) {
            throw refused(file, e.getMessage());
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
}
