package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A JVM that sees neither the installation nor the run directory. */
class ContainerTest {
    @TempDir
    private static Path classes;

    private static Installation dyntrace;

    @BeforeAll
    static void install() {
        dyntrace = Installation.start();
        Jvm.compile("Story", classes);
    }

    @AfterAll
    static void remove() {
        dyntrace.close();
    }

    static Stream<Path> javas() {
        return Jvm.javas();
    }

    private static Program hidden(Path java) {
        String hide = "cp -r \"$1\" /mnt/classes; mount -t tmpfs none \"$2\"; mount -t tmpfs none /tmp;"
                + " exec \"$3\" -cp /mnt/classes Story";
        Program program = Program.start(
                "unshare",
                "-m",
                "sh",
                "-ec",
                "mount -t tmpfs none /mnt; " + hide,
                "sh",
                classes,
                Installation.home(),
                java);
        program.await("ready");
        return program;
    }

    @ParameterizedTest
    @MethodSource("javas")
    void isTracedLeftAndTracedAgain(Path java) {
        try (Program story = hidden(java)) {
            dyntrace.attach(story);
            dyntrace.ok("add", story.pid() + ":Story.work(int)", "-n", "kept", "count");
            story.ask("work 100", "did work 100");
            Result lttng = dyntrace.run("add", story.pid() + ":Story.work(int)", "lttng");
            assertEquals(1, lttng.exitCode());
            assertTrue(lttng.err().contains("does not see dyntrace's installation"), lttng.err());

            dyntrace.killDaemon();
            dyntrace.startDaemon();
            Result unknown = dyntrace.run("list-tracepoints", story.pid());
            assertTrue(unknown.err().contains("dyntrace attach " + story.pid()), unknown.err());
            dyntrace.attach(story);
            story.ask("work 10", "did work 10");
            assertEquals(new Counts(110, 0, 0), dyntrace.counts(story, "kept"));

            dyntrace.ok("detach", story.pid());
            dyntrace.attach(story);
            dyntrace.ok("add", story.pid() + ":Story.work(int)", "-e", "-n", "again", "count");
            story.ask("work 100", "did work 100");
            assertEquals(new Counts(100, 100, 0), dyntrace.counts(story, "again"));
            dyntrace.ok("detach", story.pid());
            String left = Shell.run("nsenter", "-t", "" + story.pid(), "-m", "ls", "-A", "/tmp")
                    .ok();
            assertTrue(!left.contains("dyntrace"), left);
        }
    }
}
