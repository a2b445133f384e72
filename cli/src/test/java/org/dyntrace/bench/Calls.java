package org.dyntrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * The Java side of {@code bench_calls.c}: lines on stdin say what to call and how often, and each is answered with the nanoseconds of CPU
 * time that one call took. {@code record} begins a JFR recording and is answered with {@code recording}.
 *
 * <p>To be run with {@code -XX:CompileCommand=dontinline,org.dyntrace.bench.Calls::*}: in a loop into which they are inlined the JIT adds up
 * many hits in one. All kinds are the same empty method; tracepoints find them by name.
 */
public final class Calls {
    /** More than is in memory at once, so that the recording is one that goes on. */
    private static final long RECORDED_BYTES = 64 << 20;

    private static final Map<String, IntConsumer> KINDS = Map.ofEntries(
            Map.entry("empty", count -> {
                for (int i = 0; i < count; i++) {
                    empty();
                }
            }),
            Map.entry("count_point", count -> {
                for (int i = 0; i < count; i++) {
                    countPoint();
                }
            }),
            Map.entry("count_frame", count -> {
                for (int i = 0; i < count; i++) {
                    countFrame();
                }
            }),
            Map.entry("lttng_point", count -> {
                for (int i = 0; i < count; i++) {
                    lttngPoint();
                }
            }),
            Map.entry("lttng_frame", count -> {
                for (int i = 0; i < count; i++) {
                    lttngFrame();
                }
            }),
            Map.entry("jfr_point", count -> {
                for (int i = 0; i < count; i++) {
                    jfrPoint();
                }
            }),
            Map.entry("jfr_frame", count -> {
                for (int i = 0; i < count; i++) {
                    jfrFrame();
                }
            }),
            Map.entry("event", count -> {
                for (int i = 0; i < count; i++) {
                    event();
                }
            }),
            Map.entry("duration_event", count -> {
                for (int i = 0; i < count; i++) {
                    durationEvent();
                }
            }),
            Map.entry("static", count -> StaticTracepoints.hit(count)),
            Map.entry("static_pair", count -> StaticTracepoints.hitTwice(count)));

    private Calls() {}

    public static void main(String[] arguments) throws IOException, ParseException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            if (line.equals("record")) {
                record();
                System.out.println("recording");
                continue;
            }
            String[] question = line.split(" ");
            IntConsumer kind = KINDS.get(question[0]);
            int count = Integer.parseInt(question[1]);
            long began = threads.getCurrentThreadCpuTime();
            kind.accept(count);
            long took = threads.getCurrentThreadCpuTime() - began;
            System.out.printf(Locale.ROOT, "%.2f%n", (double) took / count);
        }
    }

    /** As {@code jcmd JFR.start} does. */
    private static void record() throws IOException, ParseException {
        // Never closed: it ends with this program.
        @SuppressWarnings("resource")
        Recording recording = new Recording(Configuration.getConfiguration("default"));
        recording.setMaxSize(RECORDED_BYTES);
        recording.start();
    }

    private static void empty() {}

    private static void countPoint() {}

    private static void countFrame() {}

    private static void lttngPoint() {}

    private static void lttngFrame() {}

    private static void jfrPoint() {}

    private static void jfrFrame() {}

    private static void event() {
        HandWritten event = new HandWritten();
        event.tracepoint = "hand-written";
        event.symbol = "org.dyntrace.bench.Calls.event()";
        event.address = 1;
        event.commit();
    }

    private static void durationEvent() {
        HandWrittenCall event = new HandWrittenCall();
        event.begin();
        event.tracepoint = "hand-written";
        event.symbol = "org.dyntrace.bench.Calls.durationEvent()";
        event.address = 1;
        event.commit();
    }
}
