package org.dyntrace.daemon.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dyntrace.daemon.proc.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What JConsole and the like see: a client without any of our jars lists, adds, is told, and removes. */
class PlainClientTest {
    @TempDir
    Path directory;

    @Test
    @Timeout(180)
    void drivesTheDaemon() throws Exception {
        Path alone = Files.createDirectories(directory.resolve("classes/org/dyntrace/daemon/jmx"));
        Path own = Path.of(PlainClient.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("org/dyntrace/daemon/jmx/PlainClient.class");
        Files.copy(own, alone.resolve("PlainClient.class"));
        Path libraries = Path.of(System.getProperty("dyntrace.natives", "../natives"), "target/lib")
                .toAbsolutePath();
        String java = ProcessHandle.current().info().command().orElseThrow();
        try (Target daemon = Target.start(
                        java,
                        "-Ddyntrace.libraries=" + libraries,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.dyntrace.daemon.Main",
                        "--rundir",
                        directory.resolve("run"));
                Target hot = Target.ready(Target.compile("hot_threads"), 1)) {
            daemon.awaitOutput("is ready");
            String said = Target.shell(
                    java,
                    "-cp",
                    directory.resolve("classes").toString(),
                    PlainClient.class.getName(),
                    "" + daemon.pid(),
                    "" + hot.pid());
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
