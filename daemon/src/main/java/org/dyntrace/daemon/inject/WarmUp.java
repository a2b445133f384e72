package org.dyntrace.daemon.inject;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ThreadStop;
import org.dyntrace.daemon.proc.TracerThread;
import org.dyntrace.mbeans.Failure;

/** Runs everything a few times on a program of no importance, so that the first real one isn't held up by class loading. */
final class WarmUp {
    private static final int ROUNDS = 20;

    private WarmUp() {}

    static void run() {
        TracerThread.preferOwnRuntime();
        // Not the JVM's own child: Java waits for its children, and would take their stops for exits.
        try {
            Process shell =
                    new ProcessBuilder("/bin/sh", "-c", "sleep 20 >/dev/null 2>&1 </dev/null & echo $!").start();
            String pid = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
            ProcessId process = ProcessId.current(Integer.parseInt(pid));
            try {
                exercise(process);
            } finally {
                ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
            }
        } catch (IOException | NumberFormatException | Failure coldThen) {
            // The first attach will be slower, that is all.
            return;
        }
    }

    private static void exercise(ProcessId process) {
        Path libc = awaitLibc(process);
        for (int i = 0; i < ROUNDS; i++) {
            // A library that is there already: nothing is really loaded, and it has no start function.
            Injector.inject(process, libc, "");
            ThreadStop.run(process, threads -> threads.size());
        }
    }

    private static Path awaitLibc(ProcessId process) {
        while (true) {
            for (Mapping mapping : Maps.of(process).mappings()) {
                if (mapping.fileName().startsWith("libc.so")
                        || mapping.fileName().startsWith("libc-2.")) {
                    return Path.of(mapping.path());
                }
            }
            Thread.onSpinWait();
        }
    }
}
