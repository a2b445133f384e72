package org.dyntrace.agent.natives;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waiting for a daemon costs nothing and misses none. */
class AwaitDaemonTest {
    @BeforeAll
    static void load() {
        Built.loadNatives();
    }

    @Test
    void eachStepOfADaemonThatAppears(@TempDir Path directory) throws Exception {
        Path rundir = directory.resolve("some/where/run");
        String[] rundirs = {null, rundir.toString(), "relative", "/" + "x".repeat(5000)};
        assertTrue(Natives.awaitDaemon(rundirs, 10), "something may have been there before the watch");
        quiet(rundirs);
        appears(rundirs, () -> Files.createDirectories(rundir.getParent()));
        appears(rundirs, () -> Files.createDirectory(Path.of(rundir + ".agents")));
        appears(rundirs, () -> Files.createFile(Path.of(rundir + ".agents/link.sock")));
        Files.delete(Path.of(rundir + ".agents/link.sock"));
        quiet(rundirs);
        appears(rundirs, () -> Files.createFile(Path.of(rundir + ".agents/link.sock")));
        // What happens while nobody waits is not lost.
        Files.delete(Path.of(rundir + ".agents/link.sock"));
        quiet(rundirs);
        Files.createFile(Path.of(rundir + ".agents/link.sock"));
        assertTrue(Natives.awaitDaemon(rundirs, 0));
        // Other places are not looked at any more.
        String[] others = {directory.resolve("other").toString()};
        Natives.awaitDaemon(others, 10);
        quiet(others);
        Files.createFile(Path.of(rundir + ".agents/other.sock"));
        assertFalse(Natives.awaitDaemon(others, 50));
    }

    @Test
    void nothingToWatch() {
        quiet(null);
        quiet(new String[0]);
    }

    private interface Step {
        Object run() throws IOException;
    }

    /** A waiting thread wakes up. */
    private static void appears(String[] rundirs, Step step) {
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> Natives.awaitDaemon(rundirs, -1));
            step.run();
            assertTrue(waiting.get());
        });
        quiet(rundirs);
    }

    /** Until there are no more tidings of what happened before; there must be an end of them. */
    private static void quiet(String[] rundirs) {
        int tidings = 0;
        while (Natives.awaitDaemon(rundirs, 50)) {
            assertTrue(++tidings < 20, "it never waits");
        }
    }
}
