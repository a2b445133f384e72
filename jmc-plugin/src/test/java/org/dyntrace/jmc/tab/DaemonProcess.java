package org.dyntrace.jmc.tab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The daemon of a scenario, which may die, hang, and come again. It ends with this JVM. */
final class DaemonProcess {
    private static final int SECONDS = 30;

    private final String launcher;
    private final Path rundir;
    private final Path said;
    private Process process;

    /** Of an installation. */
    DaemonProcess(Path home, Path rundir, Path directory) {
        launcher = home.resolve("bin/dyntraced").toString();
        this.rundir = rundir;
        said = directory.resolve("daemon.txt");
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    }

    /** Waits until it serves. */
    void start() {
        try {
            process = new ProcessBuilder(List.of(launcher, "--rundir", rundir.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("the daemon")
                .atMost(SECONDS, TimeUnit.SECONDS)
                .until(() -> Files.readString(said).contains("is ready"));
    }

    private void stop() {
        resume();
        process.destroy();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }

    long pid() {
        return process.pid();
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** It is there from now on, but does nothing. */
    void suspend() {
        Signal.STOP.to(process);
    }

    void resume() {
        Signal.CONT.to(process);
    }
}
