package org.dyntrace.daemon.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadStopTest {
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
    void aBlockingCallNoticesNothing(String call) {
        try (Target target = Target.ready(Target.compile("inject_blocked"), call)) {
            for (int i = 0; i < 20; i++) {
                ThreadStop.run(target.process(), threads -> threads.size());
                Target.pause(20);
            }
            String said = target.awaitOutput(" ").split("\n")[1];
            assertTrue(said.startsWith("ok "), said);
            long ms = Long.parseLong(said.substring(3));
            // Calls that can only be begun anew may last longer by the time that they had waited.
            assertTrue(ms >= 995 && ms < (call.equals("semop") || call.equals("futex") ? 2500 : 1200), said);
        }
    }

    @Test
    void allThreadsStandStillAndGoOn() {
        try (Target target = Target.ready(Target.compile("inject_threads"), 16, "spin")) {
            long counts = symbol(target, "counts");
            long[] cells = new long[16];
            Arrays.setAll(cells, i -> counts + 8L * i);
            try (ProcessMemory memory = ProcessMemory.open(target.process())) {
                for (int i = 0; i < 50; i++) {
                    ThreadStop.run(target.process(), threads -> {
                        assertEquals(16, threads.size());
                        long[] before = memory.readLongs(cells);
                        Target.pause(3);
                        assertEquals(Arrays.toString(before), Arrays.toString(memory.readLongs(cells)));
                        return null;
                    });
                }
                long[] before = memory.readLongs(cells);
                Target.pause(1500);
                long[] after = memory.readLongs(cells);
                for (int i = 0; i < 16; i++) {
                    assertTrue(after[i] > before[i], "thread " + i + " stands");
                }
            }
        }
    }

    @Test
    void aFailingActionLetsAllGo() {
        try (Target target = Target.ready(Target.compile("inject_threads"), 3)) {
            assertThrows(
                    Failure.class,
                    () -> ThreadStop.run(target.process(), threads -> {
                        throw new IllegalStateException("on purpose");
                    }));
            assertEquals(0, ProcessFacts.of(target.process()).tracerPid());
            awaitState(target, 'S');
        }
    }

    @Test
    void aStoppedProcessStaysStopped() {
        try (Target target = Target.ready(Target.compile("inject_threads"), 3)) {
            target.signal("STOP");
            awaitState(target, 'T');
            assertEquals(3, ThreadStop.<Integer>run(target.process(), threads -> threads.size()));
            awaitState(target, 'T');
            target.signal("CONT");
            awaitState(target, 'S');
        }
    }

    @Test
    void aTargetThatDiesInTheMiddleIsGone() {
        for (int i = 0; i < 20; i++) {
            try (Target target = Target.ready(Target.compile("inject_threads"), 8)) {
                assertThrows(
                        Failure.class,
                        () -> ThreadStop.run(target.process(), threads -> {
                            target.signal("KILL");
                            Target.pause(1);
                            threads.forEach(t -> t.setRegisters(t.registers()));
                            return null;
                        }));
                Target.pause(20);
                assertFalse(target.isAlive());
                assertEquals(
                        Reason.PROCESS_GONE,
                        assertThrows(Failure.class, () -> ThreadStop.run(target.process(), t -> t.size()))
                                .reason());
            }
        }
    }

    @Test
    void tellsWhoTracesAlready() {
        try (Target target = Target.ready(Target.compile("inject_threads"), 2)) {
            ThreadStop.run(target.process(), threads -> {
                Failure failure =
                        assertThrows(Failure.class, () -> ThreadStop.run(target.process(), again -> again.size()));
                assertEquals(Reason.ALREADY_TRACED, failure.reason());
                return null;
            });
        }
    }

    @Test
    void standsStillShortly() {
        for (int count : new int[] {1, 16, 200}) {
            try (Target target = Target.ready(Target.compile("inject_threads"), count)) {
                long[] nanos = new long[300];
                for (int i = 0; i < nanos.length; i++) {
                    nanos[i] = ThreadStop.measure(target.process(), threads -> {
                                threads.forEach(StoppedThread::registers);
                                return null;
                            })
                            .stoppedNanos();
                }
                Arrays.sort(nanos, 100, 300);
                long median = nanos[200];
                System.out.printf(
                        "%d threads: stopped %.3f ms (median of 200), 95%% %.3f ms%n",
                        count, median / 1e6, nanos[290] / 1e6);
                assertTrue(median < (count > 16 ? 20_000_000 : 3_000_000), "stopped for " + median + " ns");
            }
        }
    }

    private static void awaitState(Target target, char state) {
        for (int i = 0; i < 5000 && ProcessFacts.of(target.process()).state() != state; i++) {
            Target.pause(2);
        }
        assertEquals(state, ProcessFacts.of(target.process()).state());
    }

    /** The address of a symbol in a running position-independent program. */
    private static long symbol(Target target, String name) {
        Mapping program = Maps.of(target.process()).mappings().get(0);
        return program.start()
                + Long.parseLong(
                        Target.shell("sh", "-c", "nm " + program.path() + " | awk '$3==\"" + name + "\"{print $1}'")
                                .trim(),
                        16);
    }
}
