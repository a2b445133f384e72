package org.dyntrace.jfrbridge.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.dyntrace.jfrbridge.calls.CallTree;
import org.dyntrace.jfrbridge.report.Report;
import org.dyntrace.jfrbridge.report.TracepointStatistics;
import org.junit.jupiter.api.Test;

/** Stored recordings of both kinds, made by {@code SeamRecording}: what its program did is known, and what babeltrace2 and the JDK read. */
class GoldenTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/seam");
    private static final Path JFR = DIRECTORY.resolve("seam.jfr");
    private static final Pattern LINE = Pattern.compile(
            "\\[(\\d+)\\.(\\d{9})\\] \\S+ (\\S+): \\{ cpu_id = (\\d+) \\},"
                    + " \\{ vtid = (\\d+), vpid = (\\d+) \\}, \\{ address = 0x(\\w+)(?:, name = \"(.*)\", symbol = \"(.*)\", module.*)? \\}");

    /** What a test looks at in an event. */
    private record Seen(long time, String event, int cpu, int tid, int pid, String address) {
        static Seen ofBabeltrace(String line) {
            Matcher matcher = LINE.matcher(line);
            assertTrue(matcher.matches(), line);
            return new Seen(
                    Long.parseLong(matcher.group(1) + matcher.group(2)),
                    matcher.group(3),
                    Integer.parseInt(matcher.group(4)),
                    Integer.parseInt(matcher.group(5)),
                    Integer.parseInt(matcher.group(6)),
                    matcher.group(7).toLowerCase(java.util.Locale.ROOT));
        }
    }

    private static String written(Format format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Recording recording = new Recording(List.of(DIRECTORY))) {
            format.write(recording, Selection.ALL, out);
            assertEquals(List.of(), recording.findings().all());
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** {@return the names and values of an object on a line, as texts; those in its object "values" with a dot before} */
    private static Map<String, String> object(String line) throws IOException {
        Map<String, String> values = new TreeMap<>();
        try (JsonParser parser = new JsonFactory().createParser(line)) {
            String before = "";
            while (parser.nextToken() != null) {
                switch (parser.currentToken()) {
                    case START_OBJECT -> before = parser.currentName() == null ? "" : ".";
                    case END_OBJECT -> before = "";
                    case FIELD_NAME, START_ARRAY, END_ARRAY -> {
                        continue;
                    }
                    default -> values.put(before + parser.currentName(), parser.getText());
                }
            }
        }
        return values;
    }

    private static List<Map<String, String>> objects() throws IOException {
        List<Map<String, String>> objects = new ArrayList<>();
        for (String line : written(Format.JSON).lines().toList()) {
            objects.add(object(line));
        }
        return objects;
    }

    private static Map<String, Long> counts(Stream<String> names) {
        return names.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    private static List<String> babeltrace() throws IOException {
        return Files.readAllLines(DIRECTORY.resolve("babeltrace2.txt"));
    }

    @Test
    void nativeEventsAreThoseOfBabeltrace() throws IOException {
        List<Seen> expected =
                babeltrace().stream().map(Seen::ofBabeltrace).sorted(BY_TIME).toList();
        List<Seen> seen = objects().stream()
                .filter(o -> o.get("event").startsWith("dyntrace_lttng:"))
                .map(o -> new Seen(
                        Long.parseLong(o.get("time")),
                        o.get("event"),
                        Integer.parseInt(o.get("cpu")),
                        Integer.parseInt(o.get("tid")),
                        Integer.parseInt(o.get("pid")),
                        o.get(".address").substring(2)))
                .sorted(BY_TIME)
                .toList();
        assertEquals(expected, seen);
    }

    private static final java.util.Comparator<Seen> BY_TIME =
            java.util.Comparator.comparingLong(Seen::time).thenComparing(Seen::toString);

    @Test
    void eventsOfJfrAreThoseOfTheJdk() throws IOException {
        List<RecordedEvent> expected = RecordingFile.readAllEvents(JFR);
        List<Map<String, String>> seen = objects().stream()
                .filter(o -> !o.get("event").startsWith("dyntrace_lttng:"))
                .toList();
        assertEquals(
                counts(expected.stream().map(e -> e.getEventType().getName())),
                counts(seen.stream().map(o -> o.get("event"))));
        // One clock was moved to the other, as a whole: by less than a ms on one machine.
        List<Instant> starts =
                expected.stream().map(RecordedEvent::getStartTime).sorted().toList();
        for (int i = 0; i < starts.size(); i++) {
            long theirs = starts.get(i).getEpochSecond() * 1_000_000_000L
                    + starts.get(i).getNano();
            long ours = Long.parseLong(seen.get(i).get("time"));
            assertTrue(Math.abs(theirs - ours) < 1_000_000, () -> theirs + " and " + ours);
        }
    }

    @Test
    void allIsInOrderAndNamed() throws IOException {
        long before = 0;
        Map<String, Long> named = new TreeMap<>();
        for (Map<String, String> object : objects()) {
            long time = Long.parseLong(object.get("time"));
            assertTrue(time >= before);
            before = time;
            if (object.containsKey("tracepoint")) {
                String what = object.get("event").replaceAll(".*[:.]", "") + " " + object.get("tracepoint") + " "
                        + object.get("symbol");
                named.merge(what, 1L, Long::sum);
            }
        }
        Map<String, Long> expected = new TreeMap<>();
        Map.of("squeeze(byte[])", 10L, "collect()", 3L, "locked(int)", 2L, "tail(int)", 30L, "even(int)", 30L)
                .forEach((method, times) -> {
                    String name = method.substring(0, method.indexOf('(')) + " Seam$Work." + method;
                    expected.put("function_entry " + name, times);
                    expected.put("function_exit " + name, times);
                    expected.put("FunctionCall " + name, times);
                });
        Map.of("jni Java_java_util_zip_Deflater_deflateBytesBytes", 10L, "libz deflate", 10L)
                .forEach((name, times) -> {
                    expected.put("function_entry " + name, times);
                    expected.put("function_exit " + name, times);
                });
        expected.put("tracepoint_hit point Seam$Work.point(int)", 100L);
        expected.put("TracepointHit point Seam$Work.point(int)", 100L);
        named.keySet().removeIf(what -> what.startsWith("tracepoint_info"));
        assertEquals(expected, named);
    }

    @Test
    void textAndCsvHaveALineAnEvent() throws IOException {
        int events = objects().size();
        List<String> text = written(Format.TEXT).lines().toList();
        assertEquals(events, text.size());
        assertTrue(text.stream().anyMatch(l -> l.contains(" dyntrace_lttng:function_entry libz deflate@libz.so.1")));
        // What is not there, or stands in the line already, is left out.
        assertEquals(
                List.of(),
                text.stream()
                        .filter(l -> l.contains("=-") || l.contains("address=0x4a"))
                        .toList());
        Function<String, String> first = event -> text.stream()
                .filter(l -> l.contains(" " + event + " "))
                .findFirst()
                .orElseThrow()
                .replaceFirst("^\\d\\d:\\d\\d:\\d\\d\\.\\d{9} ", "");
        assertEquals(
                "22681/22683 - dyntrace.FunctionCall 416.6 us squeeze Seam$Work.squeeze(byte[])",
                first.apply("dyntrace.FunctionCall"));
        assertEquals(
                "22681/22690 - jdk.GCPhasePause 20.8 ms gcId=0 name=\"GC Pause\"", first.apply("jdk.GCPhasePause"));
        assertEquals(
                "22681/22730 - jdk.JavaMonitorEnter 9.9 ms monitorClass=\"jdk.jfr.internal.PlatformRecorder\""
                        + " previousOwner=\"JFR Periodic Tasks\" address=0x555d61ae2110 at jdk.jfr.internal.PlatformRecording.isToDisk"
                        + " < jdk.jfr.Recording.isToDisk < jdk.jfr.internal.dcmd.DCmdStart.execute"
                        + " < jdk.jfr.internal.dcmd.AbstractDCmd.execute",
                first.apply("jdk.JavaMonitorEnter"));
        assertEquals(
                "22681/22683 cpu0 dyntrace_lttng:tracepoint_hit point Seam$Work.point(int)",
                first.apply("dyntrace_lttng:tracepoint_hit"));
        List<String> csv = written(Format.CSV).lines().toList();
        assertEquals(events + 1, csv.size());
        Map<Object, Long> columns = csv.stream()
                .map(line -> line.replaceAll("\"(?:[^\"]|\"\")*\"", "quoted")
                        .chars()
                        .filter(c -> c == ',')
                        .count())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertEquals(Map.of(9L, (long) events + 1), columns);
    }

    @Test
    void reportKnowsTheCalls() throws IOException {
        try (Recording recording = new Recording(List.of(DIRECTORY))) {
            Report report = Report.of(recording);
            Map<String, TracepointStatistics> its =
                    report.tracepoints().stream().collect(Collectors.toMap(TracepointStatistics::name, t -> t));
            assertEquals(8, its.size(), its.keySet().toString());
            assertEquals(100, its.get("point").hits());
            for (String name : List.of("squeeze", "jni", "libz", "collect", "locked", "tail", "even")) {
                TracepointStatistics one = its.get(name);
                assertEquals(one.entries(), one.durations().getTotalCount(), name);
                assertEquals(0, one.exitsMissing() + one.entriesMissing(), name);
                assertEquals(calls(name), durations(name, one), name);
            }
            its.get("collect")
                    .slowest()
                    .forEach(c -> assertTrue(c.coincided().toString().contains("GC pause"), c.toString()));
            its.get("locked")
                    .slowest()
                    .forEach(c -> assertTrue(c.coincided().toString().contains("lock "), c.toString()));
            assertEquals(List.of(), its.get("tail").slowest().get(0).coincided());
            assertSeam(report.tree());
            assertEquals(50, recording.clocks().get(0).error().orElseThrow().pairs());
            assertEquals(0, report.open());
        }
    }

    /** {@return the durations of a function's calls by babeltrace2's lines, the shortest first} */
    private static List<Long> calls(String name) throws IOException {
        String address = babeltrace().stream()
                .filter(line -> line.contains("name = \"" + name + "\""))
                .map(line -> line.replaceAll(".*address = (0x\\w+),.*", "$1"))
                .findFirst()
                .orElseThrow();
        List<Long> durations = new ArrayList<>();
        Map<Integer, Long> begun = new TreeMap<>();
        for (String line : babeltrace()) {
            if (line.contains("address = " + address + " }")) {
                Seen seen = Seen.ofBabeltrace(line);
                if (seen.event().endsWith("entry")) {
                    begun.put(seen.tid(), seen.time());
                } else {
                    durations.add(seen.time() - begun.remove(seen.tid()));
                }
            }
        }
        durations.sort(null);
        return durations.stream().map(d -> d / 1000).toList();
    }

    /** The slowest are known to the ns, the others by their percentiles. */
    private static List<Long> durations(String name, TracepointStatistics its) throws IOException {
        List<Long> exact = new ArrayList<>(calls(name));
        int count = exact.size();
        for (int i = 0; i < its.slowest().size(); i++) {
            exact.set(count - 1 - i, its.slowest().get(i).duration() / 1000);
        }
        for (double percentile : new double[] {50, 90, 99}) {
            long at = exact.get((int) Math.ceil(percentile / 100 * count) - 1);
            long told = its.durations().getValueAtPercentile(percentile) / 1000;
            assertEquals(at, told, Math.max(1, at / 500), name + " " + percentile);
        }
        return exact;
    }

    private static void assertSeam(CallTree tree) {
        assertEquals(1, tree.roots().size());
        CallTree.Node squeeze = tree.roots().values().iterator().next().children().stream()
                .filter(CallTree.Node::hasSeam)
                .findFirst()
                .orElseThrow();
        CallTree.Node jni = squeeze.children().get(0);
        CallTree.Node libz = jni.children().get(0);
        assertEquals("Seam$Work.squeeze(byte[])", squeeze.place().symbol());
        assertEquals(
                "Java_java_util_zip_Deflater_deflateBytesBytes", jni.place().symbol());
        assertEquals("deflate", libz.place().symbol());
        assertEquals(List.of(10L, 10L, 10L), List.of(squeeze.calls(), jni.calls(), libz.calls()));
        assertEquals(squeeze.below(), jni.nanos());
        assertEquals(jni.below(), libz.nanos());
    }
}
