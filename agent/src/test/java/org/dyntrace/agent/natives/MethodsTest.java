package org.dyntrace.agent.natives;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In a JVM of each release here, which first runs a while: so JVMTI and its capability are had in the live phase. */
class MethodsTest {
    static Stream<Path> jdks() throws IOException {
        try (Stream<Path> installed = Files.list(Path.of("/usr/lib/jvm"))) {
            return Stream.concat(Stream.of(Path.of(System.getProperty("java.home"))), installed.toList().stream())
                    .filter(home -> Files.isExecutable(home.resolve("bin/javap")))
                    .map(MethodsTest::real)
                    .distinct()
                    .toList()
                    .stream();
        }
    }

    private static Path real(Path home) {
        try {
            return home.toRealPath();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void asJavapSays(Path jdk) {
        String said = Built.run(
                jdk.resolve("bin/java"),
                "-Xcheck:jni",
                "-cp",
                System.getProperty("java.class.path"),
                MethodsMain.class.getName(),
                Built.library("libdyntrace-jvm.so"));
        assertTrue(said.contains("fine: "), said);
        assertTrue(!said.contains("WARNING in native method"), said);
        System.out.print(said);
    }
}
