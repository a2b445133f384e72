package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A copy-on-write view of this machine in which systemd runs. */
final class SystemdMachine implements AutoCloseable {
    private final Path directory;
    private final Program namespaces;
    private final long init;

    private SystemdMachine(Path directory, Program namespaces, long init) {
        this.directory = directory;
        this.namespaces = namespaces;
        this.init = init;
    }

    /** Boots, unless this machine forbids it. */
    static SystemdMachine boot() {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can make namespaces");
        try {
            Path directory = Files.createTempDirectory("dyntrace-systemd");
            Result mounting = Shell.run("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", directory.toString());
            assumeTrue(mounting.exitCode() == 0, "this machine lets nobody mount");
            Program namespaces = Program.start(
                    Installation.sources().resolve("cli/src/test/resources/systemd/boot"),
                    directory,
                    Installation.home().toAbsolutePath(),
                    Installation.sources());
            Waiting.until(
                    60,
                    namespaces::output,
                    () -> !namespaces.isAlive() || init(namespaces).isPresent());
            long init = init(namespaces).map(ProcessHandle::pid).orElse(-1L);
            SystemdMachine machine = new SystemdMachine(directory, namespaces, init);
            Waiting.until(
                    60,
                    namespaces::output,
                    () -> !namespaces.isAlive()
                            || machine.run("systemctl", "is-active", "basic.target")
                                            .exitCode()
                                    == 0);
            assumeTrue(namespaces.isAlive(), () -> "systemd does not start here: " + namespaces.output());
            return machine;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the child's child: the process 1 of the namespaces} */
    private static Optional<ProcessHandle> init(Program namespaces) {
        return ProcessHandle.of(namespaces.pid()).stream()
                .flatMap(ProcessHandle::children)
                .flatMap(ProcessHandle::children)
                .findAny();
    }

    /** Runs a command in there. */
    Result run(Object... command) {
        return Shell.run(Stream.of(inside(command)).map(Object::toString).toArray(String[]::new));
    }

    /** Starts a program in there; {@link #pid} tells its pid there. */
    Program start(Object... command) {
        return Program.start(inside(command));
    }

    /** {@return the pid, in there, of a user's only process of this name} */
    String pid(String user, String name) {
        return run("pgrep", "-u", user, "-x", name).ok();
    }

    private Object[] inside(Object... command) {
        return Stream.concat(
                        Stream.of("nsenter", "--target", init, "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--"),
                        Stream.of(command))
                .toArray();
    }

    @Override
    public void close() {
        ProcessHandle.of(init).ifPresent(ProcessHandle::destroyForcibly);
        namespaces.awaitExit();
        directory.toFile().delete();
    }
}
