package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.Test;

/**
 * Many processes with many tracepoints, and many clients at once: no error, no growth, and how long an answer takes. The long run is
 * scripts/soak's: {@code -Ddyntrace.load.processes=200 -Ddyntrace.load.tracepoints=50 -Ddyntrace.load.clients=50
 * -Ddyntrace.load.seconds=300}.
 */
class LoadTest {
    private static final int PROCESSES = Integer.getInteger("dyntrace.load.processes", 10);
    private static final int TRACEPOINTS = Integer.getInteger("dyntrace.load.tracepoints", 10);
    private static final int CLIENTS = Integer.getInteger("dyntrace.load.clients", 8);
    private static final int SECONDS = Integer.getInteger("dyntrace.load.seconds", 10);

    /** Of the daemon's memory, KiB: what its heap takes more, and gives back when it likes. */
    private static final long WAVERING = 64 << 10;

    private final Map<String, List<Long>> answers = new ConcurrentHashMap<>();
    private final AtomicReference<Throwable> failed = new AtomicReference<>();

    @Test
    void everyoneIsServed() throws Exception {
        List<Program> programs = new ArrayList<>();
        try (Installation dyntrace = Installation.start()) {
            try {
                for (int i = 0; i < PROCESSES; i++) {
                    programs.add(Program.start(Program.compile("e2e_crowd"), 0));
                }
                place(dyntrace, programs);
                load(dyntrace, programs, Math.max(2, SECONDS / 5));
                Footing first = Footing.of(dyntrace);
                answers.clear();
                load(dyntrace, programs, SECONDS);
                Footing last = Footing.of(dyntrace);
                tell(first, last);
                assertTrue(last.rss() <= first.rss() + WAVERING, first + ", then " + last);
                assertTrue(last.descriptors() <= first.descriptors() + 2, first + ", then " + last);
                assertTrue(last.threads() <= first.threads() + 4, first + ", then " + last);
                for (Program program : programs) {
                    assertEquals(TRACEPOINTS, dyntrace.counts(program).size());
                }
            } finally {
                for (Program program : programs) {
                    program.send("end");
                    assertEquals(0, program.awaitExit());
                    assertTrue(program.output().contains("wrong 0"), program.output());
                    program.close();
                }
            }
        }
    }

    private static DaemonConnection connect(Installation dyntrace) {
        return DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false));
    }

    private static void place(Installation dyntrace, List<Program> programs) {
        try (DaemonConnection daemon = connect(dyntrace)) {
            for (Program program : programs) {
                program.await("ready");
                daemon.daemon().attach(Long.toString(program.pid()));
                ProcessMXBean process = daemon.process(program.pid());
                for (int i = 0; i < TRACEPOINTS; i++) {
                    process.add("crowd_1" + String.format("%03d", i), i % 2 == 1, "t" + i, "count", List.of());
                }
            }
        }
    }

    private void load(Installation dyntrace, List<Program> programs, int seconds) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                clients.add(threads.submit(() -> client(dyntrace, programs, number, end)));
            }
            for (Future<?> client : clients) {
                client.get(seconds + 120L, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        if (failed.get() != null) {
            throw new AssertionError(failed.get());
        }
    }

    /** Each client's tracepoint has a name of its own. */
    private void client(Installation dyntrace, List<Program> programs, int number, long end) {
        Random random = new Random(number);
        try (DaemonConnection daemon = connect(dyntrace)) {
            while (System.nanoTime() < end && failed.get() == null) {
                Program program = programs.get(random.nextInt(programs.size()));
                ProcessMXBean process = daemon.process(program.pid());
                switch (random.nextInt(10)) {
                    case 0 ->
                        timed(
                                "list processes",
                                () -> assertEquals(
                                        PROCESSES,
                                        daemon.daemon().listProcesses().size()));
                    case 1, 2 -> {
                        String name = "of-client-" + number;
                        timed(
                                "add",
                                () -> process.add(
                                        "crowd_1" + (500 + number), random.nextBoolean(), name, "count", List.of()));
                        timed("rm", () -> process.remove(name));
                    }
                    case 3 -> timed("list symbols", () -> process.listSymbols("crowd_2*", 0, 100));
                    case 4 ->
                        timed("disable, enable", () -> {
                            // Others may have it in hand as well: it is on in the end.
                            process.disable("t0");
                            process.enable("t0");
                        });
                    default ->
                        timed("list tracepoints", () -> {
                            List<TracepointInfo> all = process.listTracepoints();
                            assertTrue(all.size() >= TRACEPOINTS, all::toString);
                        });
                }
            }
        } catch (AssertionError | RuntimeException e) {
            failed.compareAndSet(null, e);
        }
    }

    private void timed(String what, Runnable request) {
        long begin = System.nanoTime();
        request.run();
        answers.computeIfAbsent(what, none -> Collections.synchronizedList(new ArrayList<>()))
                .add(System.nanoTime() - begin);
    }

    private void tell(Footing first, Footing last) {
        System.out.printf(
                "load: %d processes with %d tracepoints each, %d clients, %d s; the daemon: %s, then %s%n",
                PROCESSES, TRACEPOINTS, CLIENTS, SECONDS, first, last);
        new TreeMap<>(answers).forEach((what, times) -> {
            List<Long> sorted = times.stream().sorted().toList();
            System.out.printf(
                    "load: %-16s %7d times, median %6.1f ms, 99 %% in %7.1f ms, longest %7.1f ms%n",
                    what,
                    sorted.size(),
                    sorted.get(sorted.size() / 2) / 1e6,
                    sorted.get(sorted.size() * 99 / 100) / 1e6,
                    sorted.get(sorted.size() - 1) / 1e6);
        });
    }

    /** What the daemon holds when its garbage is collected and nobody is connected. */
    private record Footing(long rss, long threads, long descriptors) {
        static Footing of(Installation dyntrace) {
            long pid = dyntrace.daemonPid();
            Shell.run("jcmd", "" + pid, "GC.run").ok();
            String status = Waiting.text(Path.of("/proc/" + pid + "/status"));
            return new Footing(
                    Long.parseLong(status.replaceAll("(?s).*VmRSS:\\s+(\\d+) kB.*", "$1")),
                    Long.parseLong(status.replaceAll("(?s).*Threads:\\s+(\\d+).*", "$1")),
                    Path.of("/proc/" + pid + "/fd").toFile().list().length);
        }

        @Override
        public String toString() {
            return rss + " KiB, " + threads + " threads, " + descriptors + " descriptors";
        }
    }
}
