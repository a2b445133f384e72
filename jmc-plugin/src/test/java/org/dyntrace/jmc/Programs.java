package org.dyntrace.jmc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A display of its own, and the programs that a test starts; all of it ends with it. */
final class Programs implements AutoCloseable {
    private static final int SECONDS = 30;

    private final Path directory;
    private final List<Process> started = new ArrayList<>();
    private String display;

    /**
     * Starts the display.
     *
     * @param directory for the run directory and what is said
     */
    Programs(Path directory) throws IOException {
        this.directory = directory;
        start("Xvfb", "Xvfb", "-displayfd", "1", "-screen", "0", "1500x900x24");
        // Other lines come before when another program has a display, too.
        display = Awaitility.await("Xvfb")
                .atMost(30, TimeUnit.SECONDS)
                .until(
                        () -> said("Xvfb")
                                .lines()
                                .filter(line -> line.matches("[0-9]+"))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** {@return a daemon that is ready} */
    Process daemon() throws IOException {
        Process daemon =
                start("daemon", Installed.home().resolve("bin/dyntraced").toString(), "--rundir", rundir());
        await("daemon", "is ready");
        return daemon;
    }

    private String rundir() {
        return directory.resolve("run").toString();
    }

    /** Runs a command of dyntrace, which must succeed. */
    void dyntrace(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(Installed.home().resolve("bin/dyntrace").toString()));
        command.addAll(List.of(arguments));
        await("dyntrace", start("dyntrace", command.toArray(String[]::new)), SECONDS);
    }

    /** Starts a program, whose output is kept by its name. */
    Process start(String name, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".txt").toFile());
        if (display != null) {
            builder.environment().put("DISPLAY", ":" + display);
        }
        builder.environment().put("DYNTRACE_RUNDIR", rundir());
        // No accessibility bus, no settings daemon: there is no desktop.
        builder.environment().put("NO_AT_BRIDGE", "1");
        builder.environment().put("GDK_BACKEND", "x11");
        Process process = builder.start();
        started.add(0, process);
        return process;
    }

    /** Waits for a program, which must end with 0. */
    void await(String name, Process process, int seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(name + ": " + process + "\n" + said(name));
        }
    }

    private void await(String name, String text) {
        Awaitility.await(name)
                .atMost(SECONDS, TimeUnit.SECONDS)
                .until(() -> said(name).contains(text));
    }

    /** {@return what a program has said} */
    String said(String name) {
        try {
            return Files.readString(directory.resolve(name + ".txt"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        for (Process each : started) {
            each.destroy();
            try {
                if (!each.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    each.destroyForcibly();
                }
            } catch (InterruptedException e) {
                each.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
