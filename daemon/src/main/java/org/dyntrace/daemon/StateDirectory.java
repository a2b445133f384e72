package org.dyntrace.daemon;

import java.nio.file.Path;
import java.util.Optional;
import org.dyntrace.mbeans.connector.RunDirectory;

/** Where the daemon writes what outlives the machine's next start. */
final class StateDirectory {
    private static final Path SYSTEM = Path.of("/var/lib/dyntrace");

    private StateDirectory() {}

    /**
     * {@return what systemd has chosen (StateDirectory=); else /var/lib/dyntrace for the machine's daemon, and else a directory in the
     * run directory}
     */
    static Path of(RunDirectory rundir) {
        return Optional.ofNullable(System.getenv("STATE_DIRECTORY"))
                .filter(chosen -> chosen.startsWith("/"))
                .map(chosen -> Path.of(chosen.split(":", 2)[0]))
                .orElse(
                        rundir.path().equals(RunDirectory.SYSTEM)
                                ? SYSTEM
                                : rundir.path().resolve("state"));
    }
}
