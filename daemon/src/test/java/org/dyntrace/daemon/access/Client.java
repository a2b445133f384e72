package org.dyntrace.daemon.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dyntrace.mbeans.connector.DaemonConnection;

/** Starts {@link ClientMain} in a JVM of its own, as any user, with nothing on its class path but the contract. */
final class Client {
    private final Path classes;

    /**
     * Copies the classes to where every user can read them.
     *
     * @param directory a directory that all users can reach
     */
    Client(Path directory) throws IOException, URISyntaxException {
        classes = Files.createDirectory(directory.resolve("classes"));
        for (Class<?> type : List.of(ClientMain.class, DaemonConnection.class)) {
            Path source = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (Files.isRegularFile(source)) {
                new ProcessBuilder("unzip", "-qo", source.toString(), "-d", classes.toString())
                        .start()
                        .onExit()
                        .join();
            } else {
                copy(source);
            }
        }
    }

    private void copy(Path source) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                try {
                    Path target = classes.resolve(source.relativize(file));
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /** {@return the running client} */
    Process start(Path rundir, int count, String... as) throws IOException {
        List<String> command = new ArrayList<>(List.of(as));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes.toString(),
                ClientMain.class.getName(),
                rundir.toString(),
                Integer.toString(count)));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
