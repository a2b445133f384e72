package org.dyntrace.daemon.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessTable;
import org.dyntrace.daemon.proc.Target;
import org.dyntrace.daemon.proc.ThreadStop;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each is refused for its own reason, and the target lives on as it was. */
class RefusalTest {
    private static Path payload;

    @BeforeAll
    static void compile() {
        payload = Target.compile("inject_payload", "-shared", "-fPIC", "-mavx2");
    }

    @ParameterizedTest
    @CsvSource({"zombie,ZOMBIE", "filter,SECCOMP", "strict,SECCOMP", "thread_filter,SECCOMP"})
    void aProcessInAnUnfitState(String state, Reason reason) {
        try (Target target = Target.start(Target.compile("inject_states"), state)) {
            String said = target.awaitOutput("\n");
            Target.pause(50);
            ProcessId process = ProcessId.current(Integer.parseInt(said.trim().split(" ")[1]));
            char before = ProcessFacts.of(process).state();
            assertEquals(reason, refusal(process).reason());
            assertEquals(before, ProcessFacts.of(process).state());
            assertTrue(target.isAlive() || state.equals("thread_filter"));
        }
    }

    @Test
    void aStoppedProcess() {
        try (Target target = Target.ready(Target.compile("inject_still"))) {
            target.signal("STOP");
            Target.pause(20);
            assertEquals(Reason.STOPPED, refusal(target.process()).reason());
            assertEquals('T', ProcessFacts.of(target.process()).state());
            target.signal("CONT");
            assertEquals(
                    42,
                    Injector.inject(target.process(), payload, "").startResult().orElseThrow());
        }
    }

    @Test
    void aProcessUnderADebugger() {
        try (Target target = Target.ready(Target.compile("inject_still"))) {
            ThreadStop.run(target.process(), threads -> {
                assertEquals(Reason.ALREADY_TRACED, refusal(target.process()).reason());
                return null;
            });
            assertTrue(target.isAlive());
        }
    }

    @Test
    void a32BitProgram() {
        Path program;
        try {
            program = Target.compile("inject_still32", "-m32", "-nostdlib", "-static");
        } catch (IllegalStateException no32BitCompiler) {
            Assumptions.abort("gcc can't build for 32 bits here");
            return;
        }
        try (Target target = Target.start(program)) {
            Target.pause(50);
            Assumptions.assumeTrue(target.isAlive(), "the kernel runs no 32-bit programs here");
            assertEquals(Reason.WRONG_ARCHITECTURE, refusal(target.process()).reason());
            assertTrue(target.isAlive());
        }
    }

    @Test
    void aStaticProgram() {
        try (Target target = Target.ready(Target.compile("inject_still", "-static"))) {
            assertEquals(Reason.STATIC_PROGRAM, refusal(target.process()).reason());
            assertTrue(target.isAlive());
        }
    }

    @Test
    void aKernelThreadAndTheDaemonItself() {
        assertEquals(
                Reason.OWN_PROCESS,
                refusal(ProcessId.current((int) ProcessHandle.current().pid())).reason());
        ProcessTable.all().stream()
                .filter(process -> ProcessFacts.of(process).kernelThread())
                .findFirst()
                .ifPresent(process ->
                        assertEquals(Reason.KERNEL_THREAD, refusal(process).reason()));
    }

    @Test
    void aProcessThatIsGone() {
        try (Target target = Target.ready(Target.compile("inject_still"))) {
            ProcessId earlier = new ProcessId(target.pid(), target.process().startTime() - 1);
            assertEquals(Reason.PROCESS_GONE, refusal(earlier).reason());
        }
    }

    @Test
    void aLibraryThatIsNone(@TempDir Path directory) throws IOException {
        Path nonsense = Files.writeString(directory.resolve("nonsense.so"), "this is no library");
        try (Target target = Target.ready(Target.compile("inject_still"))) {
            Failure failure = assertThrows(Failure.class, () -> Injector.inject(target.process(), nonsense, ""));
            assertEquals(Reason.LOAD_FAILED, failure.reason());
            assertTrue(failure.getMessage().contains("file too short"), failure.getMessage());
            assertEquals(
                    Reason.LOAD_FAILED,
                    assertThrows(
                                    Failure.class,
                                    () -> Injector.inject(target.process(), directory.resolve("none.so"), ""))
                            .reason());
            assertTrue(target.isAlive());
            assertFalse(Maps.of(target.process()).mappings().stream()
                    .anyMatch(m -> m.path().contains("nonsense")));
            assertEquals(
                    42,
                    Injector.inject(target.process(), payload, "").startResult().orElseThrow());
        }
    }

    private static Failure refusal(ProcessId process) {
        Failure failure = assertThrows(Failure.class, () -> Injector.inject(process, payload, ""));
        assertFalse(failure.hint().isBlank());
        return failure;
    }
}
