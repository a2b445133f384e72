package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Java methods as symbols, on each JDK of the machine: the counts are those that the program knows. */
class JvmTracingTest {
    @TempDir
    private static Path classes;

    @TempDir
    private Path files;

    private static Installation dyntrace;

    @BeforeAll
    static void install() {
        dyntrace = Installation.start();
        Jvm.compile("Story", classes);
        Jvm.compile("Late", classes.resolve("late"));
    }

    @AfterAll
    static void remove() {
        dyntrace.close();
    }

    static Stream<Path> javas() {
        return Jvm.javas();
    }

    @ParameterizedTest
    @MethodSource("javas")
    void countsExactlyWithEachTracer(Path java) {
        try (Program story = Jvm.start(java, classes, "Story");
                LttngSession session = LttngSession.start(files.resolve("trace"))) {
            dyntrace.attach(story);
            EveryTracer work = EveryTracer.place(dyntrace, story, "Story.work(int)", files);
            dyntrace.ok("add", story.pid() + ":malloc@libc.so.6", "-n", "malloc", "lttng");

            story.ask("work 12345", "did work 12345 thrown 1764");
            story.ask("threads 1000", "did threads 1000");

            long known = 12345 + 8 * 1000;
            work.assertHits(known);
            assertTrue(dyntrace.counts(story, "malloc").hits() > 0);
            dyntrace.ok("rm", story.pid() + ":malloc");
            assertEquals(Map.of(), dyntrace.counts(story));
            story.ask("work 70", "did work 70 thrown 10");

            List<String> trace = session.events();
            work.assertTraced(trace, known);
            assertTrue(trace.stream()
                    .anyMatch(line -> line.contains("tracepoint_info") && line.contains("name = \"malloc\"")));
        }
    }

    @ParameterizedTest
    @MethodSource("javas")
    void pairsEveryExit(Path java) {
        try (Program story = Jvm.start(java, classes, "Story", "-Xverify:all")) {
            dyntrace.attach(story);
            Jvm.record(story);
            dyntrace.ok("add", story.pid() + ":Story.<init>(int)", "-e", "-n", "first", "count");
            dyntrace.ok("add", story.pid() + ":Story.<init>(int)", "-e", "-n", "timed", "jfr");
            dyntrace.ok("add", story.pid() + ":Story.<init>(int,java.lang.String)", "-e", "-n", "second", "count");
            dyntrace.ok("add", story.pid() + ":Story.deep", "-e", "-n", "deep", "count");
            dyntrace.ok("add", story.pid() + ":Story.mixed", "-e", "-n", "mixed", "jfr");
            dyntrace.ok("add", story.pid() + ":Story.*", "-e", "-n", "all", "jfr");

            story.ask("make 1000", "did make 1000 thrown 200");
            story.ask("deep 3000", "depth 3000");
            String sum = story.ask("mixed 100", "did mixed 100");
            assertTrue(sum.contains("sum 6000.0"), sum);

            // The verifier allows no handler around this(...): who throws in it has not entered.
            assertEquals(new Counts(800, 800, 0), dyntrace.counts(story, "first"));
            assertEquals(new Counts(800, 800, 0), dyntrace.counts(story, "timed"));
            assertEquals(new Counts(800, 800, 0), dyntrace.counts(story, "second"));
            assertEquals(new Counts(3001, 3001, 0), dyntrace.counts(story, "deep"));
            assertEquals(new Counts(100, 100, 0), dyntrace.counts(story, "mixed"));
            List<RecordedEvent> recording = Jvm.recorded(story, files.resolve("pairs.jfr"));
            assertEquals(800, EveryTracer.recorded(recording, "FunctionCall", "timed"));
            assertEquals(100, EveryTracer.recorded(recording, "FunctionCall", "mixed"));
            for (String name : List.of("first", "timed", "second", "deep", "mixed", "all")) {
                dyntrace.ok("rm", story.pid() + ":" + name);
            }
            story.ask("make 10", "did make 10 thrown 2");
        }
    }

    @ParameterizedTest
    @MethodSource("javas")
    void tracesClassesThatAreLoadedLater(Path java) {
        try (Program story = Jvm.start(java, classes, "Story")) {
            dyntrace.attach(story);
            Result unknown = dyntrace.run("add", story.pid() + ":Late.once", "count");
            assertEquals(1, unknown.exitCode());
            assertTrue(unknown.err().contains("java:"), unknown.err());
            assertEquals("tp-0", dyntrace.ok("add", story.pid() + ":java:Late.once", "count"));
            assertEquals(new Counts(0, 0, 0), dyntrace.counts(story, "tp-0"));

            story.ask("late 500", "did late 500");

            assertEquals(new Counts(1000, 0, 0), dyntrace.counts(story, "tp-0"));
            String listed = dyntrace.ok("list-tracepoints", story.pid(), "-a");
            assertEquals(
                    2,
                    listed.lines()
                            .filter(line -> line.contains("Late.once() placed"))
                            .count(),
                    listed);
        }
    }

    @ParameterizedTest
    @MethodSource("javas")
    void doesNotRecurse(Path java) {
        try (Program story = Jvm.start(java, classes, "Story");
                LttngSession session = LttngSession.start(files.resolve("trace"))) {
            dyntrace.attach(story);
            Jvm.record(story);
            int number = 0;
            for (String methods : List.of(
                    "java.util.concurrent.*.*",
                    "java.lang.String.*",
                    "java.lang.Object.*",
                    "java.lang.ClassLoader.*",
                    "jdk.jfr.internal.*.*")) {
                dyntrace.ok("add", story.pid() + ":java:" + methods, "-n", "hits" + number, "lttng", "--jfr");
                dyntrace.ok("add", story.pid() + ":java:" + methods, "-e", "-n", "pairs" + number++, "jfr");
            }

            story.ask("work 1000", "did work 1000 thrown 143");
            story.ask("late 10", "did late 10");

            assertTrue(dyntrace.counts(story, "hits1").hits() > 0);
            while (number-- > 0) {
                dyntrace.ok("rm", story.pid() + ":hits" + number);
                dyntrace.ok("rm", story.pid() + ":pairs" + number);
            }
            story.ask("work 7", "did work 7 thrown 1");
            assertFalse(story.output().contains("Exception"), story.output());
            assertTrue(session.recordsSomething());
        }
    }

    @Test
    void tracepointsOutliveTheDaemon() {
        try (Program story = Jvm.start(Jvm.own("java"), classes, "Story")) {
            dyntrace.attach(story);
            dyntrace.ok("add", story.pid() + ":Story.work(int)", "-n", "kept", "count");
            dyntrace.killDaemon();
            story.ask("work 100", "did work 100");
            dyntrace.startDaemon();
            Waiting.until(
                    20,
                    () -> "the JVM is listed again",
                    () -> dyntrace.ok("list-processes").contains(story.pid() + ""));

            story.ask("work 10", "did work 10");
            assertEquals(new Counts(110, 0, 0), dyntrace.counts(story, "kept"));
            assertEquals("tp-0", dyntrace.ok("add", story.pid() + ":Story.deep", "count"));
            dyntrace.ok("rm", story.pid() + ":kept");
            assertEquals(1, dyntrace.counts(story).size());
        }
    }

    @Test
    void theAgentCanBeThereFromTheStart() {
        Path jar = Installation.home().resolve("lib/dyntrace/dyntrace-agent.jar");
        try (Program story =
                Jvm.start(Jvm.own("java"), classes, "Story", "-javaagent:" + jar + "=rundir=" + dyntrace.rundir())) {
            Waiting.until(
                    20,
                    () -> "the JVM is listed",
                    () -> dyntrace.ok("list-processes").contains(story.pid() + "  java"));
            dyntrace.ok("add", story.pid() + ":Story.work(int)", "-n", "early", "count");
            story.ask("work 100", "did work 100");
            assertEquals(new Counts(100, 0, 0), dyntrace.counts(story, "early"));
        }
    }

    @Test
    void saysWhatCannotBeHad() {
        try (Program story = Jvm.start(Jvm.own("java"), classes, "Story")) {
            dyntrace.attach(story);
            refused(story, "java.lang.Thread.currentThread", "count", "native");
            refused(story, "java.util.AbstractList.get", "count", "abstract");
            refused(story, "java.lang.Math.max(int,int)", "count", "machine code of its own");
            refused(story, "Story.nothing", "count", "No loaded class");
            refused(story, "malloc@libc.so.6", "jfr", "JFR");
            refused(story, "0x4a00ffffff000000", "count", "No loaded class");
            story.ask("work 7", "did work 7 thrown 1");
        }
        try (Program story = Jvm.start(Jvm.own("java"), classes, "Story", "-XX:+DisableAttachMechanism")) {
            Result attach = dyntrace.run("attach", story.pid());
            assertEquals(1, attach.exitCode());
            assertTrue(attach.err().contains("DisableAttachMechanism"), attach.err());
            story.ask("work 7", "did work 7 thrown 1");
        }
    }

    private static void refused(Program story, String location, String tracer, String why) {
        Result add = dyntrace.run("add", story.pid() + ":" + location, tracer);
        assertEquals(1, add.exitCode(), add.err());
        assertEquals("", add.out());
        assertTrue(add.err().contains(why), add.err());
    }
}
