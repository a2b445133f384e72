package org.dyntrace.daemon.patch;

import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.dyntrace.daemon.proc.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The words that spare a JVM's tracer its call while nobody records. */
class LttngStateTest {
    @Test
    void theyAreSetWhileSomebodyRecords(@TempDir Path directory) {
        try (Target program = Target.start(
                Target.compile("lttng_state", "-ldl"), TracedProgram.LIBRARIES.resolve("libdyntrace-lttng.so"))) {
            program.awaitOutput("0 0 0\n");
            Recording recording = new Recording(directory);
            try (recording) {
                program.awaitOutput("1 1 1\n");
            }
            Awaitility.await().until(() -> program.output().endsWith("0 0 0\n"));
        }
    }
}
