package org.dyntrace.agent.weave;

import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a hit costs, in CPU nanoseconds of the hitting thread: each against the same method with a woven call of an empty method. All
 * kinds take their turn in each round; the median of the rounds counts. Run by {@link ForkMain}, with
 * {@code -XX:CompileCommand=dontinline,org.dyntrace.agent.program.Hot::METHOD} for the methods empty, counted, hit and pair: in a loop into
 * which they are inlined the JIT adds up many hits in one.
 */
public final class HitCost {
    private static final int ROUNDS = 15;
    private static final int TIMES = 20_000_000;
    private static final int WARM_UP = 3;

    private HitCost() {}

    public static void run(Instrumentation instrumentation, List<String> arguments) throws Throwable {
        Rig rig = Rig.of(instrumentation);
        rig.place(1, Form.COUNT, "org.dyntrace.agent.program.Hot.counted");
        rig.place(2, Form.HIT, "org.dyntrace.agent.program.Hot.hit");
        rig.place(3, Form.COUNT_PAIR, "org.dyntrace.agent.program.Hot.pair");
        DyntraceHits.place(2, new Silent());
        Map<String, MethodHandle> kinds = new LinkedHashMap<>();
        for (String kind : List.of("Empty", "Counted", "Hit", "Pair")) {
            kinds.put(
                    kind,
                    MethodHandles.publicLookup().unreflect(Rig.program("Hot").getMethod("run" + kind, int.class)));
        }
        Map<String, double[]> nanoseconds = new LinkedHashMap<>();
        kinds.keySet().forEach(kind -> nanoseconds.put(kind, new double[ROUNDS]));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (Map.Entry<String, MethodHandle> kind : kinds.entrySet()) {
                long began = threads.getCurrentThreadCpuTime();
                kind.getValue().invoke(TIMES);
                double took = (double) (threads.getCurrentThreadCpuTime() - began) / TIMES;
                if (round >= 0) {
                    nanoseconds.get(kind.getKey())[round] = took;
                }
            }
        }
        Rig.equal((long) (ROUNDS + WARM_UP) * TIMES, DyntraceHits.read(1)[0], "hits");
        double empty = median(nanoseconds.get("Empty"));
        System.out.printf(
                "JDK %d, an empty woven method: %.2f ns%n", Runtime.version().feature(), empty);
        System.out.printf("count: +%.2f ns%n", median(nanoseconds.get("Counted")) - empty);
        System.out.printf("hit with an empty tracer: +%.2f ns%n", median(nanoseconds.get("Hit")) - empty);
        System.out.printf("count of entry and exit: +%.2f ns%n", median(nanoseconds.get("Pair")) - empty);
    }

    private static double median(double[] all) {
        double[] sorted = all.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
