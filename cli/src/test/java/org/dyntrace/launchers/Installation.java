package org.dyntrace.launchers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The installation that scripts/build made, with a daemon of its own in a new run directory. */
final class Installation implements AutoCloseable {
    private static final Path HOME = Path.of(System.getProperty("dyntrace.home", "../target/dyntrace"));

    private final Path rundir;
    private Process daemon;

    Installation() throws IOException {
        rundir = Files.createTempDirectory("dyntrace-test").resolve("run");
        start();
    }

    static boolean isThere() {
        return Files.isExecutable(HOME.resolve("bin/dyntraced"));
    }

    static Path library(String name) {
        return HOME.resolve("lib/dyntrace").resolve(name).toAbsolutePath().normalize();
    }

    Path rundir() {
        return rundir;
    }

    void start() throws IOException {
        daemon = new ProcessBuilder(HOME.resolve("bin/dyntraced").toString(), "--rundir", rundir.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Its first line says that it is ready.
        new BufferedReader(new InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    /** kill -9 */
    void kill() throws InterruptedException {
        daemon.destroyForcibly().waitFor();
    }

    /** Runs a command of the installation. */
    Result dyntrace(String... arguments) {
        return run("dyntrace", arguments);
    }

    /** Runs a second daemon. */
    Result dyntraced(String... arguments) {
        return run("dyntraced", arguments);
    }

    private Result run(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(HOME.resolve("bin").resolve(program).toString());
        command.addAll(List.of("--rundir", rundir.toString()));
        command.addAll(List.of(arguments));
        try {
            Path errors = Files.createTempFile("dyntrace", ".err");
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            String error = Files.readString(errors);
            Files.delete(errors);
            return new Result(code, out.strip(), error.strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a command that must do it, and gives what it printed. */
    String must(String... arguments) {
        Result result = dyntrace(arguments);
        if (result.code != 0) {
            throw new AssertionError(String.join(" ", arguments) + ": " + result);
        }
        return result.out;
    }

    @Override
    public void close() {
        daemon.destroy();
        daemon.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /**
     * What a command did.
     *
     * @param code its exit code
     * @param out what it printed
     * @param error what it printed on stderr
     */
    record Result(int code, String out, String error) {}
}
