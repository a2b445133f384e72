package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dyntrace.daemon.proc.ProcessId;

/** User namespaces: in another one the daemon's user has no number, and whoever looks takes it for a stranger. */
final class UserNamespace {
    private UserNamespace() {}

    /** {@return whether a process lives in the daemon's; true if that can't be seen} */
    static boolean isShared(ProcessId process) {
        try {
            return Files.readSymbolicLink(Path.of(process.directory(), "ns/user"))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/user")));
        } catch (IOException hidden) {
            return true;
        }
    }
}
