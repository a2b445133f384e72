package org.dyntrace.daemon.proc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.OptionalLong;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTest {
    @Test
    void findsByPidAndByName(@TempDir Path directory) throws IOException {
        Path program =
                Files.copy(Path.of("/bin/sleep"), directory.resolve("dyn-find-me"), StandardCopyOption.COPY_ATTRIBUTES);
        try (Target one = Target.start(program, 60)) {
            Target.pause(50);
            assertEquals(one.process(), ProcessTable.find("dyn-find-me"));
            assertEquals(one.process(), ProcessTable.find("" + one.pid()));
            try (Target two = Target.start(program, 60)) {
                Target.pause(50);
                Failure failure = assertThrows(Failure.class, () -> ProcessTable.find("dyn-find-me"));
                assertEquals(Reason.AMBIGUOUS_NAME, failure.reason());
                assertTrue(failure.getMessage().contains("" + one.pid()), failure.getMessage());
                assertTrue(failure.getMessage().contains("" + two.pid()), failure.getMessage());
            }
        }
    }

    @Test
    void saysWhatCannotBeFound() {
        assertEquals(Reason.NO_SUCH_NAME, failure("no-such-program").reason());
        assertEquals(Reason.NO_SUCH_NAME, failure("").reason());
        assertEquals(Reason.NO_SUCH_PROCESS, failure("4194305").reason());
        assertEquals(Reason.NO_SUCH_PROCESS, failure("0").reason());
        assertEquals(Reason.NO_SUCH_NAME, failure("99999999999999").reason());
    }

    @Test
    void aPidThatBelongsToAnotherProcessNowIsGone() {
        try (Target target = Target.start("/bin/sleep", 60)) {
            ProcessId earlier = new ProcessId(target.pid(), target.process().startTime() - 1);
            assertFalse(earlier.isAlive());
            assertEquals(
                    Reason.PROCESS_GONE,
                    assertThrows(Failure.class, () -> ProcessMemory.open(earlier))
                            .reason());
            assertEquals(
                    Reason.PROCESS_GONE,
                    assertThrows(Failure.class, () -> ProcessFacts.of(earlier)).reason());
        }
    }

    @Test
    void knowsTheFacts() {
        try (Target target = Target.ready(Target.compile("inject_threads"), 3)) {
            ProcessFacts facts = ProcessFacts.of(target.process());
            assertEquals(3, facts.threads());
            assertEquals(2, facts.elfClass());
            assertEquals(0, facts.tracerPid());
            assertEquals(0, facts.seccomp());
            assertEquals("3", facts.commandLine().get(1));
            assertEquals(target.pid(), facts.nsPids().get(0));
            assertFalse(facts.kernelThread());
            assertFalse(facts.shadowStack());
        }
        assertTrue(ProcessFacts.of(ProcessId.current(2)).kernelThread());
    }

    @Test
    void readsAndWritesMemory() {
        try (Target target = Target.ready(Target.compile("inject_threads"), 1);
                ProcessMemory memory = ProcessMemory.open(target.process())) {
            Mapping program = Maps.of(target.process()).mappings().get(0);
            assertEquals(0x464c457f, memory.readInt(program.start()));
            // Even where the program itself may only read.
            memory.write(program.start() + 8, new byte[] {1, 2, 3});
            assertArrayEquals(new byte[] {1, 2, 3}, memory.read(program.start() + 8, 3));
            long[] scattered = new long[3000];
            java.util.Arrays.fill(scattered, program.start());
            long[] values = memory.readLongs(scattered);
            assertEquals(memory.readLong(program.start()), values[2999]);
            assertEquals("ELF\2\1\1", memory.readText(program.start() + 1, 100));
            scattered[2500] = 8;
            assertEquals(
                    Reason.INTERNAL,
                    assertThrows(Failure.class, () -> memory.readLongs(scattered))
                            .reason());
            assertThrows(Failure.class, () -> memory.read(program.start() - 8, 16));
            target.signal("KILL");
            Target.pause(50);
            assertEquals(
                    Reason.PROCESS_GONE,
                    assertThrows(Failure.class, () -> memory.readLong(program.start()))
                            .reason());
        }
    }

    @Test
    void findsGaps() {
        Maps maps = Maps.parse("555555554000-555555556000 r-xp 00000000 fe:00 77 /usr/bin/a b (deleted)\n"
                + "555555556000-555555557000 rw-p 00002000 fe:00 77 /usr/bin/a b (deleted)\n"
                + "555555559000-55555557a000 rw-p 00000000 00:00 0 [heap]\n"
                + "7ffff7ff0000-7ffff7fff000 r-xp 00000000 fe:00 78 /lib/x.so\n"
                + "7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0 [stack]\n"
                + "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n");
        assertEquals("/usr/bin/a b", maps.mappings().get(0).path());
        assertTrue(maps.mappings().get(0).deleted());
        assertEquals(77, maps.at(0x555555555fffL).orElseThrow().inode());
        assertTrue(maps.at(0x555555558000L).isEmpty());
        // Nearest is the page right below the program, not the heap's way up.
        assertEquals(OptionalLong.of(0x555555553000L), maps.gapNear(0x555555555000L, 100, 1L << 31));
        assertEquals(OptionalLong.of(0x7ffff7fff000L), maps.gapNear(0x7ffff7ffe000L, 4096, 1L << 31));
        // Not right below the stack.
        long low = maps.gapNear(0x7fffffff0000L, 1 << 20, 1L << 31).orElseThrow();
        assertTrue(low + (1 << 20) <= 0x7ffffffde000L - (64 << 20), Long.toHexString(low));
        assertEquals(OptionalLong.empty(), maps.gapNear(0x7ffffffe0000L, 4096, 1 << 20));
        assertEquals(OptionalLong.of(0x10000), maps.gapNear(0, 4096, 1L << 31));
    }

    private static Failure failure(String target) {
        return assertThrows(
                Failure.class,
                () -> ProcessTable.find(target),
                Map.of("target", target).toString());
    }
}
