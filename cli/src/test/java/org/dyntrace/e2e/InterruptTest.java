package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in the middle of an add. */
class InterruptTest {
    private static final int INTERRUPTED = 130;

    @TempDir
    private Path classes;

    @Test
    void takesBackWhatWasPlaced() {
        Jvm.compile("Story", classes);
        try (Installation dyntrace = Installation.start();
                Program story = Jvm.start(Jvm.own("java"), classes, "Story");
                DaemonConnection daemon =
                        DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false))) {
            dyntrace.attach(story);
            ProcessMXBean process = daemon.process(story.pid());
            // Tests that run in the background of a shell would hand down that they ignore it.
            try (Program add = Program.start(
                    "env",
                    "--default-signal=INT",
                    Installation.launcher("dyntrace"),
                    "--rundir",
                    dyntrace.rundir(),
                    "add",
                    story.pid() + ":java.**",
                    "count")) {
                Waiting.until(
                        60, () -> "some are placed", () -> process.getProgress().getDone() > 0);
                add.signal("INT");
                assertEquals(INTERRUPTED, add.awaitExit());
                assertTrue(add.output().contains("ended; what was placed has been removed."), add.output());
            }
            assertEquals(
                    "", dyntrace.ok("list-tracepoints", story.pid(), "--json").replaceAll("[\\[\\]\\s]", ""));
            story.ask("work 7", "did work 7 thrown 1");
        }
    }
}
