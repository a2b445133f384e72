package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** A JDK of this machine. */
record Jdk(Path home, int release) {
    /** All from 17 on, the one that runs the tests among them. */
    static List<Jdk> all() {
        try (Stream<Path> installed = Files.list(Path.of("/usr/lib/jvm"))) {
            return Stream.concat(Stream.of(Path.of(System.getProperty("java.home"))), installed)
                    .filter(home ->
                            Files.isExecutable(home.resolve("bin/java")) && Files.exists(home.resolve("release")))
                    .map(Jdk::real)
                    .distinct()
                    .map(home -> new Jdk(home, release(home)))
                    .filter(jdk -> jdk.release >= 17)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Jdk own() {
        return new Jdk(
                real(Path.of(System.getProperty("java.home"))),
                Runtime.version().feature());
    }

    Path java() {
        return home.resolve("bin/java");
    }

    private static Path real(Path home) {
        try {
            return home.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int release(Path home) {
        Properties release = new Properties();
        try (var in = Files.newBufferedReader(home.resolve("release"))) {
            release.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Runtime.Version.parse(release.getProperty("JAVA_VERSION").replace("\"", ""))
                .feature();
    }

    @Override
    public String toString() {
        return "JDK " + release;
    }
}
