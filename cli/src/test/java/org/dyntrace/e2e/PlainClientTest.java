package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What JConsole and the like see: a client without any of our jars lists, adds, is told, and removes. */
class PlainClientTest {
    @TempDir
    Path directory;

    @Test
    void drivesTheDaemonOnANativeProgram() throws Exception {
        try (Program program = Program.ours("e2e_story")) {
            drive(program, "callee", "guarded", () -> program.send("calls 1"));
        }
    }

    @Test
    void drivesTheDaemonOnAJvm() throws Exception {
        Path classes = Jvm.compile("Story", Files.createDirectory(directory.resolve("story")));
        try (Program program = Jvm.start(Jvm.own("java"), classes, "Story")) {
            drive(program, "Story.work", "Story.deep", () -> program.send("work 1"));
        }
    }

    private void drive(Program hot, String first, String second, Runnable call) throws Exception {
        Path alone = Files.createDirectories(directory.resolve("classes/org/dyntrace/e2e"));
        Path own = Path.of(PlainClient.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("org/dyntrace/e2e/PlainClient.class");
        Files.copy(own, alone.resolve("PlainClient.class"));
        try (Installation dyntrace = Installation.start();
                Program client = Program.start(
                        Jvm.own("java"),
                        "-cp",
                        directory.resolve("classes"),
                        PlainClient.class.getName(),
                        dyntrace.daemonPid(),
                        hot.pid(),
                        first,
                        second)) {
            client.await("waits for hits");
            call.run();
            assertEquals(0, client.awaitExit(), client::output);
            String said = client.output();
            assertTrue(said.contains("all done"), said);
            for (String line : List.of(
                    "attached " + hot.pid(),
                    "operation attach 2: Loads the agent",
                    "parameter attach target: A pid",
                    "operation listSymbols 0: Lists functions",
                    "parameter listSymbols limit: How many at the most, 1 to 10000. [functions]",
                    "operation add 2: Places a tracepoint",
                    "operation remove 1: Removes",
                    "attribute Hits: Hits so far; for entry/exit, entries. [hits]",
                    "told Daemon 1 dyntrace.process.attached {pid=" + hot.pid() + "}",
                    "told Process 1 dyntrace.tracepoint.added {name=mine, pid=" + hot.pid() + "}",
                    "told Daemon 2 dyntrace.tracepoint.added",
                    "hits grow",
                    "refused java.lang.IllegalStateException NAME_TAKEN: ",
                    "told Process 2 dyntrace.tracepoint.failed {name=mine, pid=" + hot.pid() + "} NAME_TAKEN: ",
                    "told Process 3 dyntrace.tracepoint.removed",
                    "told Daemon 4 dyntrace.tracepoint.removed",
                    "left []",
                    "told Daemon 5 dyntrace.process.exited {pid=" + hot.pid() + "}")) {
                assertTrue(said.contains(line), () -> "no '" + line + "' in\n" + said);
            }
            // Everything has a description of its own, not one that Java makes up.
            assertEquals(
                    List.of(),
                    said.lines()
                            .filter(line -> line.matches("(bean|attribute|operation|parameter) .*"))
                            .filter(line -> line.contains("exposed for management")
                                    || line.matches("(attribute|operation|parameter) .*: (\\[.*)?")
                                    || line.matches("parameter \\w+ p[0-9].*"))
                            .toList());
            assertFalse(said.contains("told nothing"), said);
        }
    }
}
