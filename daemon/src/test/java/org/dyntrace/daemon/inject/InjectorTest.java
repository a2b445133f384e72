package org.dyntrace.daemon.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.Target;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InjectorTest {
    @TempDir
    Path directory;

    private static Path payload;

    @BeforeAll
    static void compile() {
        payload = Target.compile("inject_payload", "-shared", "-fPIC", "-mavx2");
        Injector.warmUp();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nanosleep",
                "clock_nanosleep",
                "poll_timeout",
                "select",
                "join",
                "futex",
                "pause_eintr",
                "sigtimedwait",
                "semop",
                "read",
                "recv_timeout",
                "poll",
                "epoll_wait"
            })
    void aBlockingCallNoticesNothing(String call) throws IOException {
        try (Target target = Target.ready(Target.compile("inject_blocked"), call)) {
            Target.pause(20);
            InjectionResult result = inject(target, "" + directory.resolve("loaded"));
            System.out.println(call + " " + result);
            assertEquals(OptionalInt.of(42), result.startResult());
            assertEquals("loaded 2\n", Files.readString(directory.resolve("loaded")));
            for (int i = 0; i < 10; i++) {
                inject(target, "");
            }
            String said = target.awaitOutput(" ").split("\n")[1];
            assertTrue(said.startsWith("ok "), said);
            long ms = Long.parseLong(said.substring(3));
            assertTrue(ms >= 995 && ms < (call.equals("semop") || call.equals("futex") ? 1800 : 1200), said);
        }
    }

    @Test
    void aComputingThreadKeepsItsRegisters() {
        try (Target target = Target.ready(Target.compile("inject_busy", "-mavx2"), 60)) {
            for (int i = 0; i < 200; i++) {
                inject(target, "");
            }
            target.signal("TERM");
            String said = target.awaitOutput(" ").split("\n")[1];
            assertTrue(said.startsWith("ok "), said);
        }
    }

    @Test
    void nothingOfTheStubStays() throws IOException {
        try (Target target = Target.ready(Target.compile("inject_threads"), 1)) {
            inject(target, "");
            long before = Maps.of(target.process()).mappings().size();
            for (int i = 0; i < 10; i++) {
                inject(target, "");
            }
            assertEquals(before, Maps.of(target.process()).mappings().size());
            assertTextIsOfFiles(target);
        }
    }

    @Test
    void isQuick() {
        try (Target target = Target.ready(Target.compile("inject_threads"), 2)) {
            long[] total = new long[300];
            long[] stopped = new long[300];
            for (int i = 0; i < 300; i++) {
                InjectionResult result = inject(target, "");
                total[i] = result.totalNanos();
                stopped[i] = result.stoppedNanos();
            }
            Arrays.sort(total, 100, 300);
            Arrays.sort(stopped, 100, 300);
            System.out.printf(
                    "injection: %.2f ms in all, thread stopped %.2f ms (medians of 200); 95%%: %.2f, %.2f%n",
                    total[200] / 1e6, stopped[200] / 1e6, total[290] / 1e6, stopped[290] / 1e6);
            assertTrue(total[200] < 20_000_000);
        }
    }

    @Test
    void threadsThatOnlyAllocateAreNotHurt() {
        long longest = 0;
        for (int i = 0; i < Integer.getInteger("dyntrace.attaches", 50); i++) {
            try (Target target = Target.ready(Target.compile("inject_malloc"), 8)) {
                InjectionResult result = inject(target, "");
                assertEquals(OptionalInt.of(42), result.startResult());
                longest = Math.max(longest, result.stoppedNanos());
                target.signal("TERM");
                String said = target.awaitOutput(" ").split("\n")[1];
                assertTrue(said.startsWith("ok "), said);
            }
        }
        System.out.printf("malloc: longest stop %.2f ms%n", longest / 1e6);
        assertTrue(longest < 50_000_000, "stopped for " + longest);
    }

    static void assertTextIsOfFiles(Target target) throws IOException {
        for (Mapping mapping : Maps.of(target.process()).mappings()) {
            if (mapping.executable() && mapping.isFile()) {
                byte[] file = new byte[(int) mapping.size()];
                try (var in = new java.io.RandomAccessFile(mapping.path(), "r")) {
                    in.seek(mapping.offset());
                    in.readFully(file, 0, (int) Math.min(file.length, in.length() - mapping.offset()));
                }
                byte[] there = new byte[file.length];
                try (var in = new java.io.RandomAccessFile("/proc/" + target.pid() + "/mem", "r")) {
                    in.seek(mapping.start());
                    in.readFully(there);
                }
                assertTrue(Arrays.equals(file, there), "text of " + mapping);
            }
        }
    }

    private static InjectionResult inject(Target target, String argument) {
        InjectionResult result = Injector.inject(target.process(), payload, argument);
        assertFalse(result.handle() == 0);
        return result;
    }
}
