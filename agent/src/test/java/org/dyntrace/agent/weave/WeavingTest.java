package org.dyntrace.agent.weave;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WeavingTest {
    @TempDir
    private Path folder;

    static Stream<Path> jdks() throws Exception {
        return Fork.jdks();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void allKindsOfMethodsAndClasses(Path jdk) throws Exception {
        Fork.run(jdk, folder, WeavingScenario.class, List.of("-Xverify:all"));
    }
}
