package org.dyntrace.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A trace of LTTng's as a recording, by the installation's program. */
final class NativeTrace {
    private static final int SECONDS = 60;

    private NativeTrace() {}

    /** {@return the recording, in a directory} */
    static Path convert(Path trace, Path directory) throws IOException, InterruptedException {
        Path file = directory.resolve("native.jfr");
        Process timeline = new ProcessBuilder(
                        Installed.home().resolve("bin/dyntrace").toString(),
                        "timeline",
                        trace.toString(),
                        "--format",
                        "jfr",
                        "-o",
                        file.toString())
                .inheritIO()
                .start();
        assertTrue(timeline.waitFor(SECONDS, TimeUnit.SECONDS));
        assertEquals(0, timeline.exitValue());
        return file;
    }
}
