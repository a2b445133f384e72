package org.dyntrace.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.Attribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/**
 * The page of durations, in Equinox with a host that shows it as JMC does. What it says and what it hands over is compared with what JMC's core finds in
 * the same recording, or with what was written into it.
 */
class DurationPageTest {
    private static final Path SEAM = Path.of("../jfr-bridge/src/test/resources/seam");
    private static final int SECONDS = 120;
    private static final Pattern BUCKET = Pattern.compile("(.+) – (.+): (one call|[\\d,]+ calls), (.+%)");
    private static final Map<String, Double> UNITS = Map.of("ns", 1.0, "μs", 1e3, "ms", 1e6, "s", 1e9);

    /** Percentiles have three digits. */
    private static final double PRECISION = 0.002;

    @TempDir
    private Path directory;

    /** Durations in ns of the calls of each function, in any order, each with its begin as the host tells it. */
    private final Map<String, List<Call>> truth = new TreeMap<>();

    private record Call(long begin, double duration) {
        @Override
        public String toString() {
            return begin + "+" + duration;
        }
    }

    @Test
    void showsRecordingsOfTheTracer() throws Exception {
        Path recording = SEAM.resolve("seam.jfr");
        read(recording);
        assertEquals(10, truth.get("Seam$Work.squeeze(byte[])").size());
        compare(show(recording, "calls", "durations-jvm-"));
    }

    @Test
    void showsNativeTraces() throws Exception {
        Path recording = NativeTrace.convert(SEAM.resolve("lttng"), directory);
        read(recording);
        assertEquals(10, truth.get("deflate").size());
        compare(show(recording, "calls", "durations-native-"));
    }

    /** Some of them just as long as a bucket begins, or a ns shorter. */
    @Test
    void staysQuickWithAMillionCalls() throws Exception {
        Path recording = directory.resolve("million.jfr");
        MillionCalls.write(
                recording,
                (function, begin, nanos) ->
                        truth.computeIfAbsent(function, f -> new ArrayList<>()).add(new Call(begin, nanos)));
        assertEquals(
                MillionCalls.COUNT, truth.values().stream().mapToInt(List::size).sum());
        List<String> said = show(recording, "calls", "durations-million-");
        compare(said);
        said.stream().filter(line -> line.startsWith("driver: longest freeze")).forEach(System.out::println);
    }

    @Test
    void saysHowToGetCalls() throws Exception {
        Path recording = directory.resolve("empty.jfr");
        try (jdk.jfr.Recording empty = new jdk.jfr.Recording()) {
            empty.start();
            empty.stop();
            empty.dump(recording);
        }
        List<String> said = show(recording, "empty", "durations-");
        assertTrue(
                said.stream().anyMatch(line -> line.startsWith("text ") && line.contains("dyntrace add -e")),
                said::toString);
    }

    private void read(Path recording) throws Exception {
        var symbol = Attribute.attr("symbol", "Symbol", UnitLookup.PLAIN_TEXT);
        for (IItemIterable calls :
                JfrLoaderToolkit.loadEvents(recording.toFile()).apply(ItemFilters.type("dyntrace.FunctionCall"))) {
            IMemberAccessor<String, IItem> function = symbol.getAccessor(calls.getType());
            IMemberAccessor<IQuantity, IItem> begin = JfrAttributes.START_TIME.getAccessor(calls.getType());
            IMemberAccessor<IQuantity, IItem> duration = JfrAttributes.DURATION.getAccessor(calls.getType());
            for (IItem call : calls) {
                truth.computeIfAbsent(function.getMember(call), f -> new ArrayList<>())
                        .add(new Call(
                                begin.getMember(call).clampedLongValueIn(UnitLookup.EPOCH_NS),
                                duration.getMember(call).doubleValueIn(UnitLookup.NANOSECOND)));
            }
        }
    }

    /** {@return what the host has said} */
    private List<String> show(Path recording, String what, String pictures) throws IOException, InterruptedException {
        Path kept = Files.createDirectories(Path.of("target/pictures")).toAbsolutePath();
        try (Programs stage = new Programs(directory)) {
            Process host = stage.start(
                    "host",
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-Xmx1g",
                    "-Duser.language=en",
                    "-Duser.country=US",
                    "-Dfile.encoding=UTF-8",
                    "-Dswt.library.path=" + directory,
                    "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    DurationDriver.class.getName(),
                    directory.toString(),
                    recording.toAbsolutePath().toString(),
                    what,
                    kept.resolve(pictures).toString());
            stage.await("host", host, SECONDS);
            List<String> said = stage.said("host").lines().toList();
            assertTrue(said.contains("durations: all done"), said::toString);
            // By the topic of the rules JMC shows there what they find.
            assertTrue(said.contains("topics dyntrace"), said::toString);
            assertTrue(said.contains("name Durations"), said::toString);
            return said;
        }
    }

    private void compare(List<String> said) {
        compareRows(said.stream()
                .filter(line -> line.startsWith("row "))
                .map(line -> line.substring(4))
                .toList());
        List<String> names = List.copyOf(truth.keySet());
        assertEquals(names, List.of(after(said, "byName ").split(";")));
        assertEquals(
                names.stream().sorted(Comparator.reverseOrder()).toList(),
                List.of(after(said, "byNameDown ").split(";")));
        List<Call> all = truth.values().stream().flatMap(List::stream).toList();
        compareBuckets("all", all, said);
        String chosen = after(said, "handed function|").split("\\|")[0];
        List<Call> own = truth.get(chosen);
        compareHanded(own, after(said, "handed function|" + chosen + "|"));
        compareBuckets(chosen, own, said);
        compareHanded(own, after(said, "handed escape|"));
    }

    private void compareRows(List<String> rows) {
        assertEquals(
                truth.keySet(),
                new TreeSet<>(rows.stream().map(row -> row.split("\\|")[0]).toList()));
        double before = Double.MAX_VALUE;
        for (String row : rows) {
            String[] cells = row.split("\\|");
            double[] durations = truth.get(cells[0]).stream()
                    .mapToDouble(Call::duration)
                    .sorted()
                    .toArray();
            assertEquals(durations.length, Long.parseLong(cells[1].replace(",", "")), row);
            assertNear(durations[(durations.length + 1) / 2 - 1], cells[2], row);
            assertNear(durations[(int) Math.ceil(durations.length * 0.99) - 1], cells[3], row);
            assertNear(durations[durations.length - 1], cells[4], row);
            // The slowest first.
            double p99 = nanos(cells[3]);
            assertTrue(p99 <= before, row);
            before = p99;
        }
    }

    private static void assertNear(double expected, String shown, String row) {
        assertEquals(expected, nanos(shown), Math.max(1, expected * PRECISION), row);
    }

    /** Every call is in one bucket, the one with its duration, and that one is what is handed over. */
    private static void compareBuckets(String of, List<Call> calls, List<String> said) {
        String begin = "handed bucket|" + of + "|";
        List<String> lines = said.stream()
                .filter(line -> line.startsWith(begin))
                .map(line -> line.substring(begin.length()))
                .toList();
        assertFalse(lines.isEmpty(), of);
        long sum = 0;
        double end = 0;
        for (String line : lines) {
            String[] parts = line.split("\\|", 2);
            Matcher bucket = BUCKET.matcher(parts[0]);
            assertTrue(bucket.matches(), line);
            double from = nanos(bucket.group(1));
            double to = nanos(bucket.group(2));
            assertTrue(end <= from && from < to, line);
            end = to;
            String words = bucket.group(3);
            long count = words.equals("one call")
                    ? 1
                    : Long.parseLong(words.replace(",", "").replace(" calls", ""));
            sum += count;
            List<Call> expected = calls.stream()
                    .filter(call -> from <= call.duration && call.duration < to)
                    .toList();
            assertEquals(expected.size(), count, line);
            compareHanded(expected, parts[1]);
            String share = bucket.group(4).replace("%", "");
            double percent = 100.0 * count / calls.size();
            if (share.startsWith("less than")) {
                assertTrue(percent < 0.1, line);
            } else {
                assertEquals(percent, Double.parseDouble(share), 0.051, line);
            }
        }
        assertEquals(calls.size(), sum, of);
    }

    /** @param said how many, and each unless they are too many */
    private static void compareHanded(List<Call> expected, String said) {
        String[] parts = said.split("\\|", 2);
        assertEquals(expected.size(), Long.parseLong(parts[0]));
        if (!parts[1].isEmpty()) {
            assertEquals(
                    expected.stream().map(Call::toString).sorted().toList(),
                    List.of(parts[1].split(" ")).stream().sorted().toList());
        }
    }

    private static String after(List<String> said, String begin) {
        return said.stream()
                .filter(line -> line.startsWith(begin))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + begin + " in " + said))
                .substring(begin.length());
    }

    /** {@return what JMC's words for a duration mean} */
    private static double nanos(String words) {
        String[] parts = words.split("[\\u00a0 ]");
        assertEquals(2, parts.length, words);
        return Double.parseDouble(parts[0].replace(",", "")) * UNITS.get(parts[1].replace('µ', 'μ'));
    }
}
