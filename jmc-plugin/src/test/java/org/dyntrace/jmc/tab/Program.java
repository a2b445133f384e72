package org.dyntrace.jmc.tab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A program that is traced, driven by lines. */
final class Program implements AutoCloseable {
    private final Process process;
    private final Writer input;
    private final BufferedReader output;

    /** Starts it, and waits until it says that it is ready. */
    Program(String... command) throws IOException {
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        expect("ready");
    }

    /** Starts one that is a class of these tests. */
    static Program java(Class<?> program) throws IOException {
        String classes = Path.of(program.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        return new Program(java, "-cp", classes, program.getName());
    }

    /** Compiles one of the C programs that end-to-end tests trace; {@return its path} */
    static String compiled(String name, Path directory) throws IOException, InterruptedException {
        Path binary = directory.resolve(name);
        Process gcc = new ProcessBuilder(
                        "gcc", "-O1", "-g", "-pthread", "-o", binary.toString(), "../natives/src/test/c/" + name + ".c")
                .inheritIO()
                .start();
        Stage.check(name + " compiled", gcc.waitFor() == 0);
        return binary.toString();
    }

    long pid() {
        return process.pid();
    }

    /** It is there from now on, but does nothing. */
    void suspend() {
        Signal.STOP.to(process);
    }

    void resume() {
        Signal.CONT.to(process);
    }

    /** Says a line to it, and waits until that is done. */
    void ask(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
        expect("done");
    }

    private void expect(String begin) throws IOException {
        String line = output.readLine();
        Stage.check("the program says " + line, line != null && line.startsWith(begin));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
