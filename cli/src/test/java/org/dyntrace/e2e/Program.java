package org.dyntrace.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/** A running program to trace, driven through its stdin. */
final class Program implements AutoCloseable {
    private static final Map<String, Path> COMPILED = new ConcurrentHashMap<>();
    private static final int ANSWER_SECONDS = 180;

    private final Process process;
    private final Path output;

    private Program(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static Program start(Object... command) {
        return start(Map.of(), command);
    }

    static Program start(Map<String, String> environment, Object... command) {
        try {
            Path output = Files.createTempFile("dyntrace-program", ".txt");
            output.toFile().deleteOnExit();
            List<String> words = new ArrayList<>();
            for (Object word : command) {
                words.add(word.toString());
            }
            ProcessBuilder builder =
                    new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            return new Program(builder.start(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles a program of natives/src/test/c once, and starts it. */
    static Program ours(String name, String... flags) {
        Program program = start(compile(name, flags));
        program.await("ready");
        return program;
    }

    static Path compile(String name, String... flags) {
        return COMPILED.computeIfAbsent(name + String.join(" ", flags), key -> {
            try {
                Path binary = Files.createTempDirectory("dyntrace-e2e-bin")
                        .resolve(Path.of(name).getFileName());
                binary.toFile().deleteOnExit();
                List<String> command = new ArrayList<>(List.of(
                        source(name).toString().endsWith(".cc") ? "g++" : "gcc",
                        "-O1",
                        "-g",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-pthread",
                        "-o",
                        binary.toString()));
                command.add(source(name).toString());
                command.addAll(List.of(flags));
                Shell.run(command.toArray(String[]::new)).ok();
                return binary;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Compiles a Go program of natives/src/test/go once. */
    static Path compileGo(String name, String... flags) {
        return COMPILED.computeIfAbsent(name + String.join(" ", flags), key -> {
            try {
                Path binary = Files.createTempDirectory("dyntrace-e2e-bin").resolve(name);
                binary.toFile().deleteOnExit();
                List<String> command = new ArrayList<>(List.of("go", "build", "-o", binary.toString()));
                command.addAll(List.of(flags));
                command.add(source("go/" + name, List.of(".go")).toString());
                Shell.run(Map.of("GO111MODULE", "off"), command.toArray(String[]::new))
                        .ok();
                return binary;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    long pid() {
        return process.pid();
    }

    /** Sends a line, then waits for the answer: what comes on the output after now and holds this text. */
    String ask(String line, String answer) {
        int before = output().length();
        send(line);
        Waiting.until(
                ANSWER_SECONDS,
                () -> "'" + answer + "' after '" + line + "': " + output().substring(before),
                () -> output().substring(before).contains(answer) || !isAlive());
        String said = output().substring(before);
        Assertions.assertTrue(said.contains(answer), said);
        return said;
    }

    void send(String line) {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    OutputStream input() {
        return process.getOutputStream();
    }

    void await(String text) {
        Waiting.until(ANSWER_SECONDS, () -> "'" + text + "': " + output(), () -> output().contains(text));
    }

    int awaitExit() {
        try {
            Assertions.assertTrue(process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS), "does not end");
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    String output() {
        return Waiting.text(output);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void signal(String name) {
        Shell.run("kill", "-" + name, "" + pid()).ok();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitExit();
    }

    private static Path source(String name) {
        return source("c/" + name, List.of(".c", ".cc"));
    }

    /** {@return the path of a file of natives/src/test} */
    static String testSource(String name) {
        return source(name, List.of("")).toString();
    }

    private static Path source(String name, List<String> languages) {
        for (Path root = Path.of("").toAbsolutePath(); root != null; root = root.getParent()) {
            for (String language : languages) {
                Path source = root.resolve("natives/src/test/" + name + language);
                if (Files.exists(source)) {
                    return source;
                }
            }
        }
        throw new IllegalStateException("no source of " + name);
    }
}
