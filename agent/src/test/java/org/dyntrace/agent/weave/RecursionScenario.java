package org.dyntrace.agent.weave;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Every method of java.base carries tracepoints, those too that the counters, a tracer and the JVM itself use; then none does. */
public final class RecursionScenario {
    private static final String EVERYTHING = ".*";
    private static final int WAITING = 30;
    private static final int ROUNDS = 60;

    private RecursionScenario() {}

    public static void run(Instrumentation instrumentation, List<String> arguments) throws Exception {
        Rig rig = Rig.of(instrumentation);
        Method busy = Rig.program("Busy").getMethod("run", int.class);
        Object expected = busy.invoke(null, ROUNDS);
        for (String regex : List.of(
                "java\\.lang\\.String\\..*",
                "java\\.lang\\.(Abstract)?StringBuilder\\..*",
                "java\\.lang\\.Thread\\..*",
                "java\\.lang\\.System\\..*",
                "java\\.lang\\.ClassLoader\\..*",
                "java\\.util\\.concurrent\\..*")) {
            one(rig, busy, expected, regex, Form.PAIR);
        }
        for (Form form : List.of(Form.COUNT_PAIR, Form.TIMED_PAIR)) {
            one(rig, busy, expected, EVERYTHING, form);
        }
    }

    private static void one(Rig rig, Method busy, Object expected, String regex, Form form) throws Exception {
        Heavy sink = new Heavy();
        DyntraceHits.clear(5);
        DyntraceHits.place(5, form == Form.COUNT || form == Form.COUNT_PAIR ? null : sink);
        long began = System.nanoTime();
        KnownSites sites = rig.place(5, form, regex);
        long placed = System.nanoTime();
        Object found = busy.invoke(null, ROUNDS);
        long ran = System.nanoTime();
        long[] counts = quiet();
        rig.remove(5);
        long removed = System.nanoTime();
        DyntraceHits.place(5, null);
        System.out.printf(
                "%s %s: %d places, %d refused, rejected %s; %d ms, run %d ms, removed %d ms; %d hits, %d exits, %d lost, %d in sink%n",
                regex,
                form,
                sites.placed(),
                sites.refusals().size(),
                sites.rejections(),
                (placed - began) / 1_000_000,
                (ran - placed) / 1_000_000,
                (removed - ran) / 1_000_000,
                counts[0],
                counts[1],
                counts[2],
                sink.calls.get());
        if (sink.first != null) {
            sink.first.printStackTrace(System.out);
        }
        Rig.equal(0, counts[2], "lost");
        Rig.check(expected.equals(found), "the program found " + found + ", not " + expected);
        Rig.check(form == Form.COUNT || form == Form.HIT || counts[0] - counts[1] < WAITING, "entries without exit");
        Rig.check(counts[0] > 0 || regex.contains("System"), "hits: " + counts[0]);
        Rig.check(sites.rejections().isEmpty(), "rejected");
        long[] before = DyntraceHits.read(5);
        Rig.check(expected.equals(busy.invoke(null, ROUNDS)), "after removal");
        long[] after = DyntraceHits.read(5);
        // Threads that wait in a woven method go on in it.
        Rig.check(after[0] - before[0] < 1000, "hits after removal: " + (after[0] - before[0]));
    }

    /** Threads of the pool are on their way out; those of the JVM wait in a method or two. */
    private static long[] quiet() throws InterruptedException {
        long[] counts = DyntraceHits.read(5);
        for (int i = 0; i < 200 && counts[1] > 0 && counts[0] != counts[1]; i++) {
            Thread.sleep(5);
            counts = DyntraceHits.read(5);
        }
        return counts;
    }

    /** Uses what is traced. */
    private static final class Heavy extends DyntraceSink {
        final AtomicLong calls = new AtomicLong();
        volatile Throwable first;
        private final ThreadLocal<Map<String, Integer>> map = ThreadLocal.withInitial(HashMap::new);

        @Override
        public boolean hit(int site) {
            calls.incrementAndGet();
            try {
                map.get().merge("site " + site % 10, 1, Integer::sum);
                return System.nanoTime() != 0 && new Object().hashCode() != -1;
            } catch (Throwable e) {
                first = e;
                throw e;
            }
        }

        @Override
        public boolean enter(int site) {
            return hit(site);
        }

        @Override
        public boolean exit(int site) {
            return hit(site);
        }
    }
}
