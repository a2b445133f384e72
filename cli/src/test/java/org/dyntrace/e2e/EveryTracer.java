package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;

/**
 * One Java method with all tracers, as point and as entry/exit pair. They must all tell the same number of hits.
 *
 * @param dyntrace places them
 * @param program holds the method
 * @param method its exact name with parameter types
 * @param address of the method
 * @param files an empty directory
 */
record EveryTracer(Installation dyntrace, Program program, String method, String address, Path files) {
    private static final List<String> POINTS = List.of("hits", "point", "event");
    private static final List<String> PAIRS = List.of("pairs", "lines", "calls");

    /** Starts to trace a method of a program that the agent is in, and a recording of the JVM. */
    static EveryTracer place(Installation dyntrace, Program program, String method, Path files) {
        String symbols = dyntrace.ok("list-symbols", program.pid(), method);
        assertTrue(symbols.startsWith("0x4a") && symbols.endsWith(method), symbols);
        String address = symbols.substring(0, symbols.indexOf(' '));
        Jvm.record(program);
        String place = program.pid() + ":" + method;
        dyntrace.ok("add", place, "-n", "hits", "count");
        dyntrace.ok("add", place, "-e", "-n", "pairs", "count");
        dyntrace.ok("add", place, "-e", "-n", "lines", "log", files.resolve("hits.log"));
        dyntrace.ok("add", place, "-n", "point", "lttng");
        dyntrace.ok("add", place, "-e", "-n", "calls", "lttng", "--jfr");
        dyntrace.ok("add", program.pid() + ":" + address, "-n", "event", "jfr");
        return new EveryTracer(dyntrace, program, method, address, files);
    }

    /** Whether counters, log file and recording say this number; removes the tracepoints. */
    void assertHits(long known) {
        for (String name : POINTS) {
            assertEquals(new Counts(known, 0, 0), dyntrace.counts(program, name), name);
        }
        for (String name : PAIRS) {
            assertEquals(new Counts(known, known, 0), dyntrace.counts(program, name), name);
        }
        List<RecordedEvent> recording = Jvm.recorded(program, files.resolve("recording.jfr")).stream()
                .filter(event -> event.getString("symbol").equals(method))
                .toList();
        assertEquals(known, recorded(recording, "TracepointHit", "event"));
        assertEquals(known, recorded(recording, "FunctionCall", "calls"));
        LogLines lines = LogLines.of(files.resolve("hits.log"));
        assertEquals(known, lines.count("entry", "lines"));
        assertEquals(known, lines.count("exit", "lines"));
        lines.assertPaired();
        POINTS.forEach(name -> dyntrace.ok("rm", program.pid() + ":" + name));
        PAIRS.forEach(name -> dyntrace.ok("rm", program.pid() + ":" + name));
    }

    /** Whether the LTTng trace says this number, and what the address is. */
    void assertTraced(List<String> trace, long known) {
        assertEquals(known, events(trace, "tracepoint_hit"));
        assertEquals(known, events(trace, "function_entry"));
        assertEquals(known, events(trace, "function_exit"));
        assertTrue(trace.stream()
                .anyMatch(line -> line.contains("tracepoint_info")
                        && line.contains("name = \"point\"")
                        && line.contains("symbol = \"" + method + "\"")));
    }

    private long events(List<String> trace, String event) {
        return trace.stream()
                .filter(line -> line.contains("dyntrace_lttng:" + event + ":")
                        && line.contains("address = " + address.toUpperCase().replace("0X", "0x") + " "))
                .count();
    }

    static long recorded(List<RecordedEvent> recording, String type, String tracepoint) {
        return recording.stream()
                .filter(event -> event.getEventType().getName().equals("dyntrace." + type)
                        && event.getString("tracepoint").equals(tracepoint))
                .count();
    }
}
