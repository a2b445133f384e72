package org.dyntrace.agent.weave;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Counters are exact: many threads at once, threads that come and go, virtual ones, many tracepoints, a full stack. */
public final class CountingScenario {
    private static final int TICK = 4000;

    private CountingScenario() {}

    public static void run(Instrumentation instrumentation, List<String> arguments) throws Exception {
        Rig rig = Rig.of(instrumentation);
        Class<?> work = Rig.program("Work");
        Rig.equal(
                1,
                rig.place(TICK, Form.COUNT, "org.dyntrace.agent.program.Work.tick")
                        .placed(),
                "places");
        sameTime(work);
        comeAndGo(work);
        virtualThreads(work);
        fullStack(rig, work);
        paused(work);
        rig.remove(TICK);
        long[] before = DyntraceHits.read(TICK);
        task(work, 100).run();
        Rig.equal(before[0], DyntraceHits.read(TICK)[0], "hits of a removed tracepoint");
    }

    private static Runnable task(Class<?> work, int times) throws Exception {
        return (Runnable) work.getMethod("task", int.class).invoke(null, times);
    }

    private static void sameTime(Class<?> work) throws Exception {
        DyntraceHits.clear(TICK);
        int threads = 8;
        int each = 3_000_000;
        AtomicBoolean end = new AtomicBoolean();
        Thread reader = new Thread(() -> {
            long last = 0;
            while (!end.get()) {
                long now = DyntraceHits.read(TICK)[0];
                Rig.check(now >= last, "the counter goes back from " + last + " to " + now);
                last = now;
                DyntraceHits.clear(TICK - 1);
                DyntraceHits.retire();
            }
        });
        AtomicLong failed = new AtomicLong();
        reader.setUncaughtExceptionHandler((thread, e) -> {
            e.printStackTrace();
            failed.incrementAndGet();
        });
        reader.start();
        join(threads, task(work, each));
        end.set(true);
        reader.join();
        Rig.equal(0, failed.get(), "failures of the reader");
        Rig.equal((long) threads * each, DyntraceHits.read(TICK)[0], "hits of " + threads + " threads");
        DyntraceHits.clear(TICK);
        Rig.equal(0, DyntraceHits.read(TICK)[0], "hits after clear");
    }

    private static void comeAndGo(Class<?> work) throws Exception {
        DyntraceHits.clear(TICK);
        int rounds = 200;
        int threads = 20;
        for (int i = 0; i < rounds; i++) {
            join(threads, task(work, 11));
        }
        Rig.check(DyntraceHits.blocks() < 100, DyntraceHits.blocks() + " blocks: those of ended threads stay");
        Rig.equal((long) rounds * threads * 11, DyntraceHits.read(TICK)[0], "hits of threads that ended");
        DyntraceHits.retire();
        Rig.check(DyntraceHits.blocks() < 40, DyntraceHits.blocks() + " blocks are left");
        Rig.equal((long) rounds * threads * 11, DyntraceHits.read(TICK)[0], "hits of threads that were retired");
    }

    private static void join(int count, Runnable task) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(task);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void virtualThreads(Class<?> work) throws Exception {
        if (Runtime.version().feature() < 21) {
            return;
        }
        DyntraceHits.clear(TICK);
        Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        Runnable task = (Runnable) work.getMethod("restlessTask", int.class).invoke(null, 50);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            threads.add((Thread) start.invoke(null, task));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Rig.equal(20_000 * 50, DyntraceHits.read(TICK)[0], "hits of virtual threads");
        System.out.println(DyntraceHits.blocks() + " blocks after 20000 virtual threads");
        Rig.check(DyntraceHits.blocks() < 100, "virtual threads have blocks of their own");
    }

    /** Where no frame has room, neither the program nor the counters may be harmed. */
    private static void fullStack(Rig rig, Class<?> work) throws Exception {
        int number = 4001;
        rig.place(number, Form.COUNT_PAIR, "org.dyntrace.agent.program.Work.deeper");
        AtomicLong full = new AtomicLong();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        full.set((Integer)
                                work.getMethod("exhaustStack", int.class).invoke(null, 300));
                    } catch (ReflectiveOperationException e) {
                        e.printStackTrace();
                    }
                },
                "full",
                512 << 10);
        thread.start();
        thread.join();
        Rig.equal(300, full.get(), "overflows of the stack");
        long[] counts = DyntraceHits.read(number);
        System.out.println("full stack: " + counts[0] + " entries, " + counts[1] + " exits");
        Rig.check(counts[0] > 300 * 1000, "entries: " + counts[0]);
        Rig.equal(counts[0], counts[1], "exits");
        rig.remove(number);
    }

    private static void paused(Class<?> work) throws Exception {
        DyntraceHits.clear(TICK);
        Runnable task = task(work, 10);
        long[] outer = DyntraceHits.pause();
        task.run();
        long[] inner = DyntraceHits.pause();
        task.run();
        DyntraceHits.resume(inner);
        task.run();
        Rig.equal(0, DyntraceHits.read(TICK)[0], "hits while paused");
        DyntraceHits.resume(outer);
        task.run();
        Rig.equal(10, DyntraceHits.read(TICK)[0], "hits after that");
    }
}
