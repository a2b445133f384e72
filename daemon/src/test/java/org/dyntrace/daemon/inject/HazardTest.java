package org.dyntrace.daemon.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.Target;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Moments at which injecting would hurt someone who isn't careful. */
class HazardTest {
    private static Path payload;

    private final Random random = new Random(1);

    @BeforeAll
    static void compile() {
        payload = Target.compile("inject_payload", "-shared", "-fPIC", "-mavx2");
        Injector.warmUp();
    }

    @Test
    void noSignalIsLost() {
        try (Target target = Target.ready(Target.compile("inject_signals"), 4)) {
            int done = 0;
            while (!target.output().contains("ok") && target.isAlive() && done < 1500) {
                try {
                    Injector.inject(target.process(), payload, "");
                    done++;
                } catch (Failure ended) {
                    assertTrue(
                            ended.reason() == Reason.PROCESS_GONE || ended.reason() == Reason.ZOMBIE, ended.toString());
                }
            }
            String said = target.awaitOutput(" ").split("\n")[1];
            System.out.println("signals: " + said + " in spite of " + done + " injections");
            assertTrue(said.startsWith("ok "), said);
            assertTrue(done > 0, "the program ended before anything was injected");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "threads"})
    void aHandlerThatInterruptedMallocIsLeftAlone(String threads) {
        Path program = Target.compile("inject_handler_in_malloc");
        try (Target target = threads.isEmpty() ? Target.ready(program) : Target.ready(program, threads)) {
            long began = System.nanoTime();
            boolean loaded = false;
            try {
                loaded = Injector.inject(target.process(), payload, "").handle() != 0;
            } catch (Failure ended) {
                assertTrue(ended.reason() == Reason.PROCESS_GONE || ended.reason() == Reason.ZOMBIE, ended.toString());
            }
            assertTrue(!loaded || System.nanoTime() - began > 1_500_000_000L, "loaded inside of malloc");
            assertEquals("ready\nok \n", target.awaitOutput("ok"));
        }
    }

    @Test
    void aTargetThatDiesInTheMiddleIsGone() {
        for (int i = 0; i < 60; i++) {
            try (Target target = Target.ready(Target.compile("inject_threads"), 4)) {
                int delay = random.nextInt(1500);
                Thread killer = new Thread(() -> {
                    long until = System.nanoTime() + delay * 1000L;
                    while (System.nanoTime() < until) {
                        Thread.onSpinWait();
                    }
                    ProcessHandle.of(target.pid()).ifPresent(ProcessHandle::destroyForcibly);
                });
                killer.start();
                for (int n = 0; n < 100; n++) {
                    try {
                        Injector.inject(target.process(), payload, "");
                    } catch (Failure failure) {
                        assertTrue(
                                failure.reason() == Reason.PROCESS_GONE || failure.reason() == Reason.ZOMBIE,
                                failure.reason() + " " + failure.getMessage());
                        break;
                    }
                }
                // What is gone for a debugger may not have ended yet as a whole.
                long deadline = System.nanoTime() + 10_000_000_000L;
                while (target.isAlive() && System.nanoTime() < deadline) {
                    Thread.onSpinWait();
                }
                assertFalse(target.isAlive());
            }
        }
    }

    @Test
    void aKilledTracerLeavesTheTargetAlone() throws IOException, InterruptedException {
        try (Target computing = Target.ready(Target.compile("inject_busy", "-mavx2"), 300);
                Target allocating = Target.ready(Target.compile("inject_malloc"), 3);
                Target sleeping = Target.ready(Target.compile("inject_threads"), 1)) {
            for (int i = 0; i < 6; i++) {
                for (Target target : new Target[] {computing, allocating, sleeping}) {
                    killInTheMiddle(target);
                }
            }
            Target.pause(50);
            // What the killed ones left behind is found and removed.
            for (Target target : new Target[] {computing, sleeping}) {
                for (int i = 0; i < 3; i++) {
                    Injector.inject(target.process(), payload, "");
                }
            }
            InjectorTest.assertTextIsOfFiles(sleeping);
            allocating.signal("TERM");
            computing.signal("TERM");
            assertTrue(allocating.awaitOutput(" ").contains("ok "), allocating.output());
            assertTrue(computing.awaitOutput(" ").contains("ok "), computing.output());
            assertTrue(sleeping.isAlive());
        }
    }

    private void killInTheMiddle(Target target) throws IOException, InterruptedException {
        Process tracer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InjectInLoop.class.getName(),
                        "" + target.pid(),
                        payload.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = tracer.inputReader()) {
            assertEquals("looping", lines.readLine());
            long until = System.nanoTime() + random.nextInt(20_000_000);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        } finally {
            tracer.destroyForcibly().waitFor();
        }
        assertTrue(target.isAlive());
        assertEquals(0, ProcessFacts.of(target.process()).tracerPid());
    }

    @Test
    void aTargetInAnotherRootGetsTheLibraryToo(@TempDir Path directory) throws IOException {
        Path root = Files.createDirectories(directory.resolve("root"));
        String libraries =
                "mkdir -p $1/proc $1/lib64 $1/lib/x86_64-linux-gnu; cp -L /lib64/ld-linux-x86-64.so.2 $1/lib64/; "
                        + "cp -L /lib/x86_64-linux-gnu/libc.so.6 $1/lib/x86_64-linux-gnu/; cp $2 $1/program";
        Target.shell("sh", "-c", libraries, "sh", "" + root, "" + Target.compile("inject_still"));
        try (Target outer = Target.start(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount -t proc proc " + root + "/proc && exec chroot " + root + " /program")) {
            outer.awaitOutput("ready");
            ProcessId process = ProcessId.current(outer.pid());
            InjectionResult result = Injector.inject(process, payload, "/told");
            assertEquals(42, result.startResult().orElseThrow());
            assertEquals("loaded 2\n", Files.readString(Path.of("/proc/" + outer.pid() + "/root/told")));
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + outer.pid() + "/fd"))) {
                assertEquals(0, descriptors.filter(fd -> isMemfd(fd)).count());
            }
        }
    }

    private static boolean isMemfd(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("memfd");
        } catch (IOException closed) {
            return false;
        }
    }
}
