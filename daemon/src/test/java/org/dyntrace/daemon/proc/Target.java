package org.dyntrace.daemon.proc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A real program to trace, started as an orphan: the JVM waits for its own children, and would take their ptrace stops for exits.
 */
public final class Target implements AutoCloseable {
    private static final Map<String, Path> COMPILED = new ConcurrentHashMap<>();
    private static final Path DIRECTORY = temporaryDirectory();

    private final ProcessId process;
    private final Path output;

    private Target(ProcessId process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Compiles natives/src/test/c/NAME.c once, with these flags more. */
    public static Path compile(String name, String... flags) {
        return COMPILED.computeIfAbsent(name + String.join(" ", flags), key -> {
            Path binary = DIRECTORY.resolve(name + "-" + COMPILED.size() + "-" + Integer.toHexString(key.hashCode()));
            List<String> command =
                    new ArrayList<>(List.of("gcc", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread"));
            command.addAll(List.of("-o", binary.toString(), source(name).toString()));
            command.addAll(List.of(flags));
            shell(command.toArray(String[]::new));
            return binary;
        });
    }

    /** Starts a program and returns without waiting for it to be ready. */
    public static Target start(Object program, Object... arguments) {
        try {
            Path output = Files.createTempFile(DIRECTORY, "output", ".txt");
            List<String> command =
                    new ArrayList<>(List.of("sh", "-c", "\"$@\" >" + output + " 2>&1 </dev/null & echo $!", "sh"));
            command.add(program.toString());
            for (Object argument : arguments) {
                command.add(argument.toString());
            }
            int pid = Integer.parseInt(shell(command.toArray(String[]::new)).trim());
            return new Target(ProcessId.current(pid), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a program of ours and waits until it says "ready". */
    public static Target ready(Path program, Object... arguments) {
        Target target = start(program, arguments);
        target.awaitOutput("ready");
        return target;
    }

    public ProcessId process() {
        return process;
    }

    public int pid() {
        return process.pid();
    }

    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits at most 20 s for a text in the output and returns all of that. */
    public String awaitOutput(String text) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!output().contains(text)) {
            if (System.nanoTime() > deadline || !isAlive() && !output().contains(text)) {
                throw new AssertionError("no '" + text + "' in the output of " + process + ": " + output());
            }
            pause(1);
        }
        return output();
    }

    /** Whether it runs: there, and no zombie. */
    public boolean isAlive() {
        return process.isAlive()
                && !ProcFile.text("/proc/" + pid() + "/status").orElse("").contains("State:\tZ");
    }

    public void signal(String name) {
        shell("kill", "-" + name, "" + pid());
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            try {
                shell("kill", "-9", "" + pid());
            } catch (IllegalStateException endedMeanwhile) {
                return;
            }
        }
    }

    public static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a command, which must succeed, and returns what it prints. */
    public static String shell(String... command) {
        try {
            Process run = new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (run.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + text);
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path source(String name) {
        for (Path root = Path.of("").toAbsolutePath(); root != null; root = root.getParent()) {
            Path source = root.resolve("natives/src/test/c/" + name + ".c");
            if (Files.exists(source)) {
                return source;
            }
        }
        throw new IllegalStateException("no " + name + ".c");
    }

    private static Path temporaryDirectory() {
        try {
            Path directory = Files.createTempDirectory("dyntrace-test");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
