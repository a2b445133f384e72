package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Java agent leaves a JVM as it was. {@code -Ddyntrace.detaches=200} for the long run (scripts/soak). */
class DetachTest {
    private static final int CYCLES = Integer.getInteger("dyntrace.detaches", 10);
    private static final int ATTEMPTS = 3;
    /** Cycles until everything was loaded once, and the JVM has its fill of old versions of the traced class. */
    private static final int WARM = CYCLES / 2;
    /** KiB of metaspace that a version of the class takes, until the JVM drops it; and KiB that it wavers by. */
    private static final int VERSION = 4;

    private static final int WAVERING = 256;
    /** Retransformations in a cycle: eight tracepoints come and go. */
    private static final int VERSIONS = 16;

    @TempDir
    private static Path classes;

    @TempDir
    private Path files;

    private static Installation dyntrace;

    @BeforeAll
    static void install() {
        dyntrace = Installation.start();
        Jvm.compile("Busy", classes);
    }

    @AfterAll
    static void remove() {
        dyntrace.close();
    }

    static Stream<Path> javas() {
        return Jvm.javas();
    }

    /** With a fixed number of threads of the JVM's own. */
    private static Program busy(Path java) {
        return Jvm.start(
                java,
                classes,
                "Busy",
                "-XX:+UseSerialGC",
                "-XX:-UseDynamicNumberOfCompilerThreads",
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1");
    }

    @ParameterizedTest
    @MethodSource("javas")
    void leavesNothingBehind(Path java) {
        try (Program program = busy(java);
                LttngSession session = LttngSession.start(files.resolve("trace"));
                DaemonConnection daemon =
                        DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false))) {
            Jvm.record(program);
            for (int i = 0; i < WARM; i++) {
                cycle(daemon, program, i);
            }
            // At the end of its first chunk the JVM's recorder opens /proc, and keeps it open.
            Jvm.recorded(program, files.resolve("first.jfr"));
            Footprint first = paused(program, java);
            for (int i = WARM; i < CYCLES; i++) {
                cycle(daemon, program, i);
            }
            Footprint last = paused(program, java);
            for (int i = 0; i < ATTEMPTS && !last.isWithin(first, versions()); i++) {
                Waiting.pause(500);
                last = paused(program, java);
            }
            report(CYCLES, last, first);
            assertTrue(last.isWithin(first, versions()), first.beside(last) + "; then " + last.beside(first));
            assertFalse(program.output().contains("Exception"), program.output());
            assertTrue(session.recordsSomething());
        }
    }

    /** While no thread is in the traced class, so that the JVM can drop its old versions. */
    private static Footprint paused(Program program, Path java) {
        program.ask("pause", "did pause");
        Footprint footprint = Footprint.of(program, java);
        program.ask("go", "did go");
        return footprint;
    }

    private static void report(int cycles, Footprint now, Footprint first) {
        System.out.printf("detach: %d cycles, %s; at first %s%n", cycles, now.beside(first), first.beside(now));
    }

    /** {@return KiB of metaspace that the JVM itself may take for versions of the traced class, as it does for any other agent} */
    private static long versions() {
        return Math.min((CYCLES - WARM) * VERSIONS * VERSION, WAVERING);
    }

    /** Attach, each tracer as point and as pair, rm of the half of them, detach. */
    private void cycle(DaemonConnection daemon, Program program, int number) {
        daemon.daemon().attach("" + program.pid());
        ProcessMXBean process = daemon.process(program.pid());
        Path log = files.resolve("hits" + number + ".log");
        int tracepoints = 0;
        for (boolean pair : new boolean[] {false, true}) {
            process.add("Busy$Work.work(int)", pair, "", "count", List.of());
            process.add("Busy$Work.work(int)", pair, "", "log", List.of(log.toString()));
            process.add("Busy$Work.work(int)", pair, "", "lttng", List.of("--jfr"));
            process.add("Busy$Work.work(int)", pair, "", "jfr", List.of());
            tracepoints += 4;
        }
        Waiting.until(
                20,
                () -> "hits of all",
                () -> process.listTracepoints().stream().allMatch(each -> each.getHits() > 100));
        for (int i = 0; i < tracepoints; i += 2) {
            process.remove("tp-" + i);
        }
        process.detach();
        assertEquals(List.of(), daemon.daemon().listProcesses());
        assertTrue(LogLines.of(log).count("hit", "tp-1") > 0);
        log.toFile().delete();
    }

    @Test
    void isACommand() {
        try (Program program = busy(Jvm.own("java"))) {
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":Busy$Work.work(int)", "count");
            assertEquals("", dyntrace.ok("detach", program.pid()));
            assertFalse(dyntrace.ok("list-processes").contains("" + program.pid()));
            Result again = dyntrace.run("detach", program.pid());
            assertEquals(1, again.exitCode());
            assertTrue(again.err().contains("has no agent"), again.err());

            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":malloc@libc.so.6", "-n", "native", "count");
            dyntrace.ok("add", program.pid() + ":Busy$Work.work(int)", "-n", "java", "count");
            Result both = dyntrace.run("detach", program.pid());
            assertEquals("", both.ok());
            assertFalse(dyntrace.ok("list-processes").contains("" + program.pid()));
            ProgramText.assertAsInFiles(program);
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":malloc@libc.so.6", "-n", "native", "count");
            Waiting.until(
                    20, () -> "hits", () -> dyntrace.counts(program, "native").hits() > 0);
            dyntrace.ok("add", program.pid() + ":Busy$Work.work(int)", "-n", "java", "count");
            Waiting.until(
                    20, () -> "hits", () -> dyntrace.counts(program, "java").hits() > 0);
        }
    }
}
