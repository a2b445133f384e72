package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A disabled tracepoint is not in the code, keeps all that it had, and comes back. */
class EnableTest {
    private static final int SWITCHES = 8;
    private static final String PACKAGE = "java.util.zip";

    @TempDir
    private static Path classes;

    @TempDir
    private Path files;

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

    private static String list(Program program) {
        return dyntrace.ok("list-tracepoints", program.pid());
    }

    private static void assertUntouched(Program program) {
        ProgramText.assertAsInFiles(program);
        String verified = dyntrace.ok("verify", program.pid());
        assertTrue(verified.contains("no byte differs"), verified);
    }

    @Test
    void aFunctionIsAsItWas() {
        try (Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            Path log = files.resolve("log");
            String logged = program.pid() + ":logged";
            dyntrace.ok("add", program.pid() + ":callee", "-n", "logged", "-e", "log", log);
            dyntrace.ok("add", program.pid() + ":callee", "-n", "counted", "count");
            program.ask("calls 10", "done");

            assertEquals("", dyntrace.ok("disable", logged));
            assertTrue(list(program).matches("(?s).*logged .* 10 \\(disabled\\)\n.*"), list(program));
            assertTrue(dyntrace.ok("list-tracepoints", program.pid(), "--json").contains("\"enabled\":false"));
            String everything = dyntrace.ok("list-tracepoints", program.pid(), "-a");
            assertTrue(everything.contains("enabled   no") && everything.contains(" callee disabled"), everything);
            program.ask("calls 10", "done");
            assertEquals(new Counts(10, 10, 0), dyntrace.counts(program, "logged"));
            assertEquals(new Counts(20, 0, 0), dyntrace.counts(program, "counted"));

            dyntrace.ok("disable", program.pid() + ":counted");
            dyntrace.ok("disable", program.pid() + ":counted");
            assertUntouched(program);
            program.ask("calls 10", "done");
            assertEquals(new Counts(20, 0, 0), dyntrace.counts(program, "counted"));

            dyntrace.ok("enable", logged);
            dyntrace.ok("enable", logged);
            program.ask("calls 5", "done");
            assertEquals(new Counts(15, 15, 0), dyntrace.counts(program, "logged"));
            assertEquals(new Counts(20, 0, 0), dyntrace.counts(program, "counted"));
            assertEquals(15, LogLines.of(log).count("exit", "logged"));
            LogLines.of(log).assertPaired();
            assertFalse(list(program).matches("(?s).*logged[^\n]*disabled.*"), list(program));

            dyntrace.ok("rm", program.pid() + ":counted");
            dyntrace.ok("disable", logged);
            dyntrace.ok("rm", logged);
            assertEquals(Map.of(), dyntrace.counts(program));
            assertEquals(1, dyntrace.run("enable", logged).exitCode());
        }
    }

    @Test
    void aNewDaemonKnows() {
        try (Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            Path log = files.resolve("log");
            dyntrace.ok("add", program.pid() + ":callee", "-n", "logged", "-e", "log", log);
            dyntrace.ok("add", program.pid() + ":callee", "-n", "on", "count");
            program.ask("calls 10", "done");
            dyntrace.ok("disable", program.pid() + ":logged");

            dyntrace.killDaemon();
            dyntrace.startDaemon();
            dyntrace.awaitListed(program);
            program.ask("calls 10", "done");
            assertEquals(new Counts(10, 10, 0), dyntrace.counts(program, "logged"));
            assertEquals(new Counts(20, 0, 0), dyntrace.counts(program, "on"));
            assertTrue(list(program).contains("10 (disabled)"), list(program));
            dyntrace.ok("enable", program.pid() + ":logged");
            program.ask("calls 10", "done");
            assertEquals(new Counts(20, 20, 0), dyntrace.counts(program, "logged"));
            assertEquals(20, LogLines.of(log).count("entry", "logged"));
            dyntrace.ok("disable", program.pid() + ":logged");
            dyntrace.ok("disable", program.pid() + ":on");
            assertUntouched(program);
        }
    }

    @Test
    void underCalls() {
        try (Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            String pairs = program.pid() + ":pairs";
            dyntrace.ok("add", program.pid() + ":callee", "-n", "pairs", "-e", "count");
            program.ask("spin 4", "done");
            for (int i = 0; i < SWITCHES; i++) {
                dyntrace.ok("disable", pairs);
                dyntrace.ok("enable", pairs);
            }
            long calls = Long.parseLong(program.ask("stop", "done").replaceAll("(?s).*done (\\d+).*", "$1"));
            Counts counts = dyntrace.counts(program, "pairs");
            assertEquals(counts.hits(), counts.exits());
            assertTrue(counts.hits() > 0 && counts.hits() < calls, counts + " of " + calls);
            program.ask("calls 1000", "done");
            assertEquals(counts.hits() + 1000, dyntrace.counts(program, "pairs").hits());
            dyntrace.ok("disable", pairs);
            assertUntouched(program);
        }
    }

    @Test
    void saysWhichPlacesAreLost() throws IOException {
        Path library = Files.copy(Program.compile("e2e_loaded", "-shared", "-fPIC"), files.resolve("libe2e_lost.so"));
        try (Program program = Program.start(Program.compile("e2e_loader"), library)) {
            program.await("ready");
            program.ask("load", "loaded");
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":/^(work|dlclose)$/", "-n", "both", "count");
            dyntrace.ok("add", program.pid() + ":/^work$/", "-n", "lost", "count");
            dyntrace.ok("disable", program.pid() + ":both");
            dyntrace.ok("disable", program.pid() + ":lost");
            program.ask("unload", "unloaded");

            Result partly = dyntrace.run("enable", program.pid() + ":both");
            assertEquals(0, partly.exitCode(), partly::err);
            assertTrue(partly.err().contains("MODULE_GONE: libe2e_lost.so has been unloaded."), partly::err);
            program.ask("load", "loaded");
            program.ask("unload", "unloaded");
            assertEquals(1, dyntrace.counts(program, "both").hits());
            Result none = dyntrace.run("enable", program.pid() + ":lost");
            assertEquals(1, none.exitCode(), none::err);
            assertTrue(none.err().contains("libe2e_lost.so has been unloaded."), none::err);
            assertTrue(list(program).matches("(?s).*lost .*\\(disabled\\).*"), list(program));

            program.ask("load", "loaded");
            dyntrace.ok("disable", program.pid() + ":both");
            Result again = dyntrace.run("enable", program.pid() + ":both");
            // Where the library is now is the loader's choice; if it is the same place, its function can be had again.
            assertEquals(0, again.exitCode(), again::err);
            dyntrace.ok("rm", program.pid() + ":both");
            assertUntouched(program);
        }
    }

    @Test
    void whatWaitsCanBeDisabled() throws IOException {
        Path library = Files.copy(Program.compile("e2e_loaded", "-shared", "-fPIC"), files.resolve("libe2e_late.so"));
        try (Program program = Program.start(Program.compile("e2e_loader"), library)) {
            program.await("ready");
            dyntrace.attach(program);
            String late = program.pid() + ":late";
            dyntrace.ok("add", program.pid() + ":work@libe2e_late.so", "-n", "late", "count");
            dyntrace.ok("disable", late);
            assertUntouched(program);
            program.ask("load", "loaded");
            assertEquals(new Counts(0, 0, 0), dyntrace.counts(program, "late"));
            dyntrace.ok("enable", late);
            program.ask("unload", "unloaded");
            program.ask("load", "loaded");
            assertEquals(1001, dyntrace.counts(program, "late").hits());
            dyntrace.ok("disable", late);
            assertUntouched(program);
        }
    }

    @ParameterizedTest
    @MethodSource("javas")
    void aMethodIsAsItWas(Path java) {
        try (Program story = Jvm.start(java, classes, "Story")) {
            dyntrace.attach(story);
            Path log = files.resolve("log");
            String logged = story.pid() + ":logged";
            Map<String, String> before = RunningBytecode.of(story, java, PACKAGE, files.resolve("before"));
            dyntrace.ok("add", story.pid() + ":" + PACKAGE + ".**", "-n", "zip", "count");
            assertNotEquals(before, RunningBytecode.of(story, java, PACKAGE, files.resolve("between")));
            dyntrace.ok("add", story.pid() + ":Story.work(int)", "-n", "logged", "-e", "log", log);
            dyntrace.ok("add", story.pid() + ":Story.work(int)", "-n", "counted", "count");
            story.ask("work 12345", "did work 12345");
            Counts counts = dyntrace.counts(story, "logged");
            assertEquals(new Counts(12345, 12345, 0), counts);

            dyntrace.ok("disable", logged);
            story.ask("work 1000", "did work 1000");
            assertEquals(counts, dyntrace.counts(story, "logged"));
            assertEquals(13345, dyntrace.counts(story, "counted").hits());
            dyntrace.ok("disable", story.pid() + ":counted");
            dyntrace.ok("disable", story.pid() + ":zip");
            Map<String, String> after = RunningBytecode.of(story, java, PACKAGE, files.resolve("after"));
            // Others have been loaded since.
            after.keySet().retainAll(before.keySet());
            assertEquals(before, after);

            dyntrace.killDaemon();
            dyntrace.startDaemon();
            dyntrace.awaitListed(story);
            assertTrue(list(story).matches("(?s).*logged .* 12345 \\(disabled\\)\n.*"), list(story));
            dyntrace.ok("enable", logged);
            dyntrace.ok("enable", logged);
            story.ask("work 1000", "did work 1000");
            assertEquals(new Counts(13345, 13345, 0), dyntrace.counts(story, "logged"));
            assertEquals(13345, dyntrace.counts(story, "counted").hits());
            assertEquals(13345, LogLines.of(log).count("exit", "logged"));
            String everything = dyntrace.ok("list-tracepoints", story.pid(), "-a");
            assertTrue(everything.contains("Story.work(int) placed"), everything);
            assertTrue(everything.contains("Story.work(int) disabled"), everything);
            dyntrace.ok("disable", logged);
            dyntrace.ok("rm", logged);
            dyntrace.ok("rm", story.pid() + ":counted");
        }
    }
}
