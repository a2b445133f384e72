package org.dyntrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** What {@code scripts/build} made, with a daemon of its own in a run directory of its own. */
final class Installation implements AutoCloseable {
    private static final Path HOME = find();
    private static final int READY_SECONDS = 30;
    private static final Pattern COUNTS =
            Pattern.compile("\\{\"name\":\"([^\"]+)\",[^{}]*?\"hits\":(\\d+),\"exits\":(\\d+),\"lost\":(\\d+),");

    private final Path directory;
    private final Map<String, String> environment;
    private Process daemon;
    private Path said;

    private Installation(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = environment;
    }

    static Installation start() {
        return start(Map.of());
    }

    /** With more in the daemon's environment. */
    static Installation start(Map<String, String> environment) {
        Installation started = prepare(environment);
        started.startDaemon();
        return started;
    }

    /** {@return a run directory's place, without a daemon yet} */
    static Installation prepare() {
        return prepare(Map.of());
    }

    private static Installation prepare(Map<String, String> environment) {
        try {
            return new Installation(Files.createTempDirectory("dyntrace-e2e"), environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path home() {
        return HOME;
    }

    /** {@return the agent's library} */
    static Path agent() {
        return HOME.resolve("lib/dyntrace/libdyntrace-agent.so");
    }

    /** {@return a launcher: dyntrace or dyntraced} */
    /** {@return the directory that the sources are in} */
    static Path sources() {
        Path sources = Path.of(Program.testSource("c/e2e_story.c"));
        while (!Files.exists(sources.resolve("scripts/install"))) {
            sources = sources.getParent();
        }
        return sources;
    }

    static String launcher(String name) {
        return HOME.resolve("bin").resolve(name).toString();
    }

    Path rundir() {
        return directory.resolve("run");
    }

    /** {@return a path in a directory that is deleted at the end} */
    Path file(String name) {
        return directory.resolve(name);
    }

    /** Starts a daemon in the run directory, with more options, and waits until it serves. */
    void startDaemon(String... options) {
        try {
            said = Files.createTempFile(directory, "daemon", ".txt");
            List<String> command = new ArrayList<>(List.of(launcher("dyntraced"), "--rundir", rundir().toString()));
            command.addAll(List.of(options));
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
            builder.environment().putAll(environment);
            daemon = builder.start();
            Waiting.until(
                    READY_SECONDS,
                    () -> "the daemon is ready: " + Waiting.text(said),
                    () -> Waiting.text(said).contains("is ready"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the daemon as {@code kill -9} does. */
    void killDaemon() {
        daemon.destroyForcibly();
        awaitEnd();
    }

    /** Ends the daemon as {@code systemctl stop} does. */
    void stopDaemon() {
        daemon.destroy();
        awaitEnd();
    }

    /** Waits until the daemon has ended by itself; {@return what it has said} */
    String awaitDaemonsEnd(int exitCode) {
        awaitEnd();
        Assertions.assertEquals(exitCode, daemon.exitValue(), () -> Waiting.text(said));
        return Waiting.text(said);
    }

    long daemonPid() {
        return daemon.pid();
    }

    /** Runs {@code dyntrace --rundir ... arguments}. */
    Result run(Object... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher("dyntrace"), "--rundir", rundir().toString()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return Shell.run(Map.of(), command.toArray(String[]::new));
    }

    /** Runs {@code dyntrace}, which must succeed, and returns what it prints. */
    String ok(Object... arguments) {
        return run(arguments).ok();
    }

    /** Attaches to a program. */
    void attach(Program program) {
        Assertions.assertTrue(ok("attach", program.pid()).startsWith(program.pid() + " "));
    }

    /** {@return the counts of a tracepoint, by its name} */
    Counts counts(Program program, String name) {
        Map<String, Counts> all = counts(program);
        Assertions.assertTrue(all.containsKey(name), () -> "no " + name + " in " + all);
        return all.get(name);
    }

    /** After another daemon has come. */
    void awaitListed(Program program) {
        Waiting.until(
                20,
                () -> "the agent comes back",
                () -> ok("list-processes", "--json").contains("\"pid\":" + program.pid() + ","));
    }

    /** {@return the counts of a program's tracepoints, by their names} */
    Map<String, Counts> counts(Program program) {
        return counts(program.pid());
    }

    /** {@return the counts of a process's tracepoints, by their names} */
    Map<String, Counts> counts(long pid) {
        Map<String, Counts> all = new TreeMap<>();
        Matcher each = COUNTS.matcher(ok("list-tracepoints", pid, "--json"));
        while (each.find()) {
            all.put(
                    each.group(1),
                    new Counts(
                            Long.parseLong(each.group(2)),
                            Long.parseLong(each.group(3)),
                            Long.parseLong(each.group(4))));
        }
        return all;
    }

    @Override
    public void close() {
        stopDaemon();
        delete(directory);
    }

    /** Deletes a directory and what is in it. */
    static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the directories in which the daemon keeps recordings} */
    List<Path> recordings() {
        Path recordings = rundir().resolve("state/recordings");
        if (!Files.isDirectory(recordings)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(recordings)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitEnd() {
        try {
            if (!daemon.waitFor(READY_SECONDS, TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
                throw new AssertionError("the daemon does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path find() {
        String given = System.getProperty("dyntrace.home");
        if (given != null) {
            return Path.of(given).toAbsolutePath().normalize();
        }
        Path above = Path.of("").toAbsolutePath();
        while (above != null && !Files.exists(above.resolve("scripts/build"))) {
            above = above.getParent();
        }
        if (above == null || !Files.exists(above.resolve("target/dyntrace/bin"))) {
            throw new IllegalStateException("no installation: run scripts/build first");
        }
        return above.resolve("target/dyntrace");
    }
}
