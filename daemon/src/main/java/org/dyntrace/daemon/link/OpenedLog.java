package org.dyntrace.daemon.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * A log file in a target.
 *
 * @param fd the target's descriptor
 * @param device identity of the file, so that a descriptor that the program has closed and reused is noticed
 * @param inode identity of the file
 */
public record OpenedLog(int fd, long device, long inode) {
    private static final int STDOUT = 1;

    /**
     * {@return what a process has as its stdout now}
     *
     * @param process the process
     * @throws Failure if it has none
     */
    public static OpenedLog stdout(ProcessId process) {
        try {
            Map<String, Object> seen =
                    Files.readAttributes(Path.of("/proc/" + process.pid() + "/fd/" + STDOUT), "unix:dev,ino");
            return new OpenedLog(STDOUT, (Long) seen.get("dev"), (Long) seen.get("ino"));
        } catch (IOException e) {
            throw new Failure(
                    Reason.LOG_FILE,
                    "Process " + process.pid() + " has no stdout to log to.",
                    "Give a file: log FILE.");
        }
    }

    /** {@return whether it is the program's stdout, which is not ours to close} */
    public boolean isStdout() {
        return fd == STDOUT;
    }
}
