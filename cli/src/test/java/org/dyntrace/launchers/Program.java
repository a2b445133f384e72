package org.dyntrace.launchers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A program that runs and answers, line by line. */
final class Program implements AutoCloseable {
    private final Process process;
    private final BufferedReader said;

    private Program(ProcessBuilder builder) throws IOException {
        process = builder.redirectErrorStream(true).start();
        said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Program start(String... command) throws IOException {
        return new Program(new ProcessBuilder(command));
    }

    static Program start(Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return new Program(builder);
    }

    /** Compiles a program of natives/src/test/c. */
    static String compile(String source, String... options) throws IOException, InterruptedException {
        Path made = Files.createTempDirectory("dyntrace-target").resolve(source.replaceAll("\\..*", ""));
        List<String> command = new ArrayList<>(List.of(source.endsWith(".cc") ? "g++" : "gcc", "-O1", "-g", "-w"));
        command.addAll(List.of("-o", made.toString(), "../natives/src/test/c/" + source, "-pthread"));
        command.addAll(List.of(options));
        Process compiler = new ProcessBuilder(command).inheritIO().start();
        if (compiler.waitFor() != 0) {
            throw new AssertionError(source + " can't be compiled");
        }
        return made.toString();
    }

    String pid() {
        return Long.toString(process.pid());
    }

    /** Says a line and gives the answer; null when the program has ended. */
    String ask(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return said.readLine();
    }

    String read() throws IOException {
        return said.readLine();
    }

    boolean runs() {
        return process.isAlive();
    }

    Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
