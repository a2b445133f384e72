package org.dyntrace.daemon.inject;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * How a target gets to the library: by its path when the target sees the same file there, else by a memfd that the stub makes and
 * the daemon fills, for a target in another mount namespace or root.
 *
 * @param library the library as the daemon sees it
 * @param visible whether the target sees it there too
 * @param loaded whether it came by a memfd before: the loader, which takes each memfd for another library, knows it by its name then
 */
record LibrarySource(Path library, boolean visible, boolean loaded) {
    /** What the kernel calls a memfd of the stub's. */
    private static final String MEMFD = "/memfd:" + Injector.START_FUNCTION;

    static LibrarySource of(ProcessId process, Path library) {
        Path real;
        try {
            real = library.toRealPath();
            Files.size(real);
        } catch (IOException e) {
            throw new Failure(
                    Reason.LOAD_FAILED,
                    "The library " + library + " can't be read: " + e.getMessage() + ".",
                    "Install dyntrace again.",
                    e);
        }
        Path root = Path.of(process.directory(), "root");
        boolean visible =
                identity(real).equals(identity(root.resolve(real.toString().substring(1))));
        if (!visible && !Files.exists(root.resolve("proc/self"), LinkOption.NOFOLLOW_LINKS)) {
            // A process that ends loses its root some time before the kernel says that it has ended.
            if (process.hasEnded() || Files.notExists(root)) {
                throw process.gone();
            }
            throw new Failure(
                    Reason.LOAD_FAILED,
                    "Process " + process.pid() + " sees neither " + library + " nor a /proc.",
                    "Make the library visible at that path in its root, or mount /proc there.");
        }
        return new LibrarySource(real, visible, !visible && isMapped(process, MEMFD));
    }

    /** {@return whether the target has it by now} */
    boolean isMapped(ProcessId process) {
        return isMapped(process, visible ? library.toString() : MEMFD);
    }

    private static boolean isMapped(ProcessId process, String path) {
        return Maps.of(process).mappings().stream().anyMatch(m -> m.path().equals(path));
    }

    private static Map<String, Object> identity(Path file) {
        try {
            return Files.readAttributes(file, "unix:dev,ino");
        } catch (IOException invisible) {
            return Map.of();
        }
    }

    /** {@return the path or name for the target's loader, or null when it needs a memfd} */
    String path() {
        return loaded ? library.getFileName().toString() : visible ? library.toString() : null;
    }

    /**
     * Fills the memfd.
     *
     * @return the path for the target's loader
     */
    String supply(ProcessId process, int tid, int descriptor) {
        Path memfd = Path.of("/proc/" + process.pid() + "/task/" + tid + "/fd/" + descriptor);
        try (OutputStream out = Files.newOutputStream(memfd)) {
            Files.copy(library, out);
        } catch (IOException e) {
            throw new Failure(
                    Reason.LOAD_FAILED,
                    "The library can't be copied into process " + process.pid() + ": " + e.getMessage() + ".",
                    "Look whether that process is out of memory.",
                    e);
        }
        return "/proc/self/fd/" + descriptor;
    }
}
