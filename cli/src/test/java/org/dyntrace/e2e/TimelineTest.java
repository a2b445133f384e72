package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM's native and Java tracepoints, recorded by LTTng and JFR, in each form of a timeline and in a report; others count the same. */
class TimelineTest {
    private static final int TIMES = 100;

    @TempDir
    private static Path directory;

    private static Path recording;
    private static String babeltrace;
    private static Map<String, Long> lttng;
    private static Map<String, Long> jfr;

    @BeforeAll
    static void record() {
        recording = directory.resolve("recording");
        try (Installation dyntrace = Installation.start()) {
            SeamRecording.make(recording, dyntrace, TIMES);
        }
        babeltrace = Traces.babeltrace(recording.resolve("lttng"));
        lttng = Traces.counts(babeltrace);
        jfr = Traces.counts(Traces.jfr(recording.resolve("seam.jfr")).stream()
                .map(event -> event.getEventType().getName()));
        assertEquals(jfr, Traces.summary(recording.resolve("seam.jfr")));
    }

    @AfterAll
    static void keep() {
        recording = null;
    }

    private static Result dyntrace(String... arguments) {
        return Shell.run(IntStream.range(0, arguments.length + 1)
                .mapToObj(i -> i == 0 ? Installation.launcher("dyntrace") : arguments[i - 1])
                .toArray(String[]::new));
    }

    private static Path timeline(String format, String name, String... more) {
        Path file = directory.resolve(name);
        String[] arguments = new String[6 + more.length];
        System.arraycopy(
                new String[] {"timeline", recording.toString(), "--format", format, "-o", file.toString()},
                0,
                arguments,
                0,
                6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        Result result = dyntrace(arguments);
        assertEquals("", result.out());
        result.ok();
        assertFalse(result.err().contains("dyntrace:"), result.err());
        return file;
    }

    private static Map<String, Long> both() {
        Map<String, Long> both = new TreeMap<>(jfr);
        both.putAll(lttng);
        return both;
    }

    private static long all() {
        return both().values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void theProgramDidWhatIsRecorded() {
        long calls = TIMES * 3 + 3 + 2 + 2 * 3 * TIMES;
        assertEquals(10 * TIMES, lttng.get("dyntrace_lttng:tracepoint_hit"));
        assertEquals(calls, lttng.get("dyntrace_lttng:function_entry"));
        assertEquals(calls, lttng.get("dyntrace_lttng:function_exit"));
        assertEquals(10 * TIMES, jfr.get("dyntrace.TracepointHit"));
        assertEquals(calls - 2 * TIMES, jfr.get("dyntrace.FunctionCall"));
    }

    @Test
    void linesAreCountedByName() throws IOException {
        List<String> json = Files.readAllLines(timeline("json", "timeline.json"));
        assertEquals(
                both(), Traces.counts(json.stream().map(line -> line.replaceAll(".*?\"event\":\"([^\"]+)\".*", "$1"))));
        List<String> text = Files.readAllLines(timeline("text", "timeline.txt"));
        assertEquals(both(), Traces.counts(text.stream().map(line -> line.split(" ")[3])));
        assertEquals(
                all() + 1, Files.readAllLines(timeline("csv", "timeline.csv")).size());
        List<String> points = Files.readAllLines(timeline("text", "points.txt", "--event", "point"));
        assertEquals(
                2 * 10 * TIMES,
                points.stream()
                        .filter(l -> l.contains("Seam$Work.point(int)") && !l.contains("info"))
                        .count());
    }

    @Test
    void jfrHasTheNativeEventsAtTheirTimes() {
        Path file = timeline("jfr", "native.jfr");
        Map<String, Long> expected = new TreeMap<>(Map.of(
                "dyntrace.TracepointHit", lttng.get("dyntrace_lttng:tracepoint_hit"),
                "dyntrace.FunctionEntry", lttng.get("dyntrace_lttng:function_entry"),
                "dyntrace.FunctionExit", lttng.get("dyntrace_lttng:function_exit"),
                "dyntrace.FunctionCall", lttng.get("dyntrace_lttng:function_exit"),
                "dyntrace.TracepointInfo", lttng.get("dyntrace_lttng:tracepoint_info")));
        assertEquals(expected, Traces.summary(file));
        String printed = Shell.run(
                        Jvm.own("jfr").toString(), "print", "--events", "dyntrace.TracepointHit", file.toString())
                .ok();
        assertEquals(
                10 * TIMES,
                printed.lines().filter("dyntrace.TracepointHit {"::equals).count());
        assertTrue(printed.contains("symbol = \"Seam$Work.point(int)\""), printed);
        List<String> times = Traces.jfr(file).stream()
                .filter(event -> !event.getEventType().getName().equals("dyntrace.FunctionCall"))
                .map(TimelineTest::seconds)
                .sorted()
                .toList();
        assertEquals(
                babeltrace
                        .lines()
                        .map(line -> line.substring(1, line.indexOf(']')))
                        .sorted()
                        .toList(),
                times);
    }

    private static String seconds(RecordedEvent event) {
        Instant start = event.getStartTime();
        return "%d.%09d".formatted(start.getEpochSecond(), start.getNano());
    }

    @Test
    void perfettoHasBeginsEndsAndInstants() {
        Path file = timeline("perfetto", "timeline.pftrace");
        String packets =
                Shell.run("sh", "-c", "protoc --decode_raw < '" + file + "'").ok();
        // TracePacket.track_event (11), its type (9): 1 begins, 2 ends, 3 is an instant.
        Map<String, Long> types = new TreeMap<>();
        Matcher matcher = Pattern.compile("\n  11 \\{\n    9: (\\d)\n").matcher(packets);
        while (matcher.find()) {
            types.merge(matcher.group(1), 1L, Long::sum);
        }
        long lasting = Traces.jfr(recording.resolve("seam.jfr")).stream()
                .filter(event -> event.getDuration().toNanos() > 0)
                .count();
        long begun = lttng.get("dyntrace_lttng:function_entry") + lasting;
        assertEquals(
                Map.of("1", begun, "2", begun, "3", all() - 2 * lttng.get("dyntrace_lttng:function_entry") - lasting),
                types);
    }

    @Test
    void htmlIsAPageByItself() throws IOException {
        String page = Files.readString(timeline("html", "timeline.html"));
        for (String reference : List.of("://", "src=", "<link", "url(", "@import", "fetch(", "XMLHttp", "import(")) {
            assertFalse(page.contains(reference), reference);
        }
        assertTrue(page.contains("events:" + all() + ","));
        // Each event is drawn, but that an entry and its exit are one call.
        String counts = page.replaceAll("(?s).*,c:\"([^\"]*)\".*", "$1");
        ByteBuffer drawn = ByteBuffer.wrap(Base64.getDecoder().decode(counts)).order(ByteOrder.LITTLE_ENDIAN);
        long sum = 0;
        while (drawn.hasRemaining()) {
            sum += drawn.getInt();
        }
        assertTrue(sum >= all() - 2 * lttng.get("dyntrace_lttng:function_entry"), sum + " of " + all());
        assertTrue(page.contains("Seam$Work.squeeze(byte[])") && page.contains("deflate@libz.so"));
    }

    @Test
    void reportTellsCallsSeamAndClock() {
        String report = dyntrace("report", recording.toString()).ok();
        assertTrue(report.contains("squeeze: Seam$Work.squeeze(byte[]), process "), report);
        assertTrue(report.contains("  calls: " + TIMES + ", min "), report);
        assertTrue(report.matches("(?s).*collect.*slow: .* with GC pause .*"), report);
        assertTrue(report.matches("(?s).*locked.*slow: .* with lock .*"), report);
        assertTrue(
                Pattern.compile("  Seam\\$Work.squeeze\\(byte\\[\\]\\): 100 calls, .*\n"
                                + "    -> java.util.zip.Deflater.deflateBytesBytes \\(native\\), by Java_.*@libzip.so: 100 calls, .*\n"
                                + "      -> deflate@libz.so.1\\S*: 100 calls, ")
                        .matcher(report)
                        .find(),
                report);
        for (String rule : List.of("Hot Tracepoint", "Long Tail", "Exits Missing", "Tracing Overhead", "Hits During")) {
            assertTrue(report.contains("  " + rule), report);
        }
        ClockError clock =
                ClockError.of(dyntrace("report", recording.toString(), "--json").ok());
        assertEquals(10 * TIMES / 2, clock.pairs());
        assertTrue(clock.median() <= 2000 && clock.p99() <= 50_000, clock.toString());
    }
}
