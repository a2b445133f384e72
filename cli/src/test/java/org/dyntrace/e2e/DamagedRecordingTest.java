package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is wrong with a recording is told, what can be read is shown, and nobody sees an exception. */
@Execution(ExecutionMode.CONCURRENT)
class DamagedRecordingTest {
    private static final Path WHOLE =
            Path.of("../jfr-bridge/src/test/resources/seam").toAbsolutePath().normalize();
    private static final String LTTNG = "dyntrace_lttng:";
    private static final int HEAD = 84;

    @TempDir
    private Path directory;

    private Path trace;
    private Path jfr;

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.walk(WHOLE)) {
            for (Path file : files.toList()) {
                Path to = directory.resolve(WHOLE.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to);
                }
            }
        }
        jfr = directory.resolve("seam.jfr");
        try (Stream<Path> files = Files.walk(directory)) {
            trace = files.filter(file -> file.endsWith("metadata"))
                    .map(Path::getParent)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** How many events of each kind are shown, and what is said. */
    private record Shown(int exitCode, long lttng, long jfr, String said) {}

    private Shown show(Path... paths) {
        String[] command = Stream.concat(
                        Stream.of(Installation.launcher("dyntrace"), "timeline"),
                        Arrays.stream(paths.length == 0 ? new Path[] {directory} : paths)
                                .map(Path::toString))
                .toArray(String[]::new);
        Result result = Shell.run(command);
        for (String trace : List.of("Exception", "\tat ", "Error:", "Caused by", "core dumped", "null")) {
            assertFalse(result.err().contains(trace), result.err());
        }
        List<String> lines = result.out().lines().toList();
        long native_ = lines.stream().filter(line -> line.contains(LTTNG)).count();
        return new Shown(result.exitCode(), native_, lines.size() - native_, result.err());
    }

    private static Shown whole;

    private static synchronized Shown whole(DamagedRecordingTest test) {
        if (whole == null) {
            whole = test.show(WHOLE);
            assertEquals(0, whole.exitCode, whole.said);
            assertEquals("", whole.said);
        }
        return whole;
    }

    /** {@return the stream with the most events, or the least} */
    private Path stream(boolean most) throws IOException {
        try (Stream<Path> files = Files.list(trace)) {
            List<Path> sorted = files.filter(
                            file -> file.getFileName().toString().startsWith("all_"))
                    .sorted((a, b) ->
                            Long.compare(a.toFile().length(), b.toFile().length()))
                    .toList();
            return sorted.get(most ? sorted.size() - 1 : 0);
        }
    }

    private static void cut(Path file, long size) throws IOException {
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) size));
    }

    private static void change(Path file, int at, int... values) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < values.length; i++) {
            bytes[at + i] = (byte) values[i];
        }
        Files.write(file, bytes);
    }

    private static void assertTells(Shown shown, int exitCode, String... words) {
        assertEquals(exitCode, shown.exitCode, shown.said);
        for (String word : words) {
            assertTrue(shown.said.contains(word), shown.said);
        }
    }

    @Test
    void traceThatWasCut() throws IOException {
        Path stream = stream(true);
        cut(stream, Files.size(stream) - 1000);
        Shown shown = show();
        assertTells(shown, 0, stream.getFileName().toString(), "the file ends in the middle of a packet");
        assertEquals(whole(this).jfr, shown.jfr);
        assertTrue(shown.lttng < whole(this).lttng);
    }

    @Test
    void emptyStream() throws IOException {
        Files.write(stream(true), new byte[0]);
        Shown shown = show();
        assertEquals(0, shown.exitCode, shown.said);
        assertEquals(whole(this).jfr, shown.jfr);
    }

    @Test
    void metadataThatWasCut() throws IOException {
        cut(trace.resolve("metadata"), 2000);
        Shown shown = show();
        assertTells(shown, 0, "metadata: it ends in the middle of a packet");
        assertEquals(whole(this).jfr, shown.jfr);
    }

    @Test
    void emptyMetadata() throws IOException {
        Files.write(trace.resolve("metadata"), new byte[0]);
        Shown shown = show();
        assertTells(shown, 0, "metadata: it is empty");
        assertEquals(0, shown.lttng);
        assertEquals(whole(this).jfr, shown.jfr);
    }

    @Test
    void packetWithASizeThatCannotBe() throws IOException {
        change(stream(true), 56, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f);
        Shown shown = show();
        assertTells(shown, 0, "a packet has sizes that can't be");
        assertEquals(whole(this).jfr, shown.jfr);
        assertTrue(shown.lttng < whole(this).lttng);
    }

    @Test
    void packetOfAnotherTrace() throws IOException {
        change(stream(true), 4, 1, 2, 3, 4, 5, 6);
        assertTells(show(), 0, "there is no packet of this trace where one should begin");
    }

    @Test
    void eventOfAnUnknownKind() throws IOException {
        // The id of the first event, behind the packet's head, and what follows.
        int[] ones = new int[24];
        Arrays.fill(ones, 0xff);
        change(stream(true), HEAD, ones);
        Shown shown = show();
        assertTells(shown, 0, "can't be read to its end");
        assertEquals(whole(this).jfr, shown.jfr);
    }

    @Test
    void clockOfATraceIsMissing() throws IOException {
        // The text alone is a description, too.
        String plain = Shell.run("babeltrace2", "--component=source.ctf.fs", "-o", "ctf-metadata", trace.toString())
                .ok();
        assertTrue(plain.contains("map = clock.monotonic.value;"), plain);
        Files.writeString(
                trace.resolve("metadata"),
                plain.replaceAll("(?s)clock \\{.*?\\};", "").replaceAll("map = clock\\.\\w+\\.value;", ""));
        Shown shown = show();
        assertTells(shown, 0, "metadata: it describes no clock", "don't fit those of other recordings");
        assertEquals(whole(this).lttng, shown.lttng);
        assertEquals(whole(this).jfr, shown.jfr);
    }

    @Test
    void jfrThatWasCut() throws IOException {
        cut(jfr, Files.size(jfr) / 2);
        Shown shown = show();
        assertTells(shown, 0, "seam.jfr: it ends in the middle of a chunk");
        assertEquals(whole(this).lttng, shown.lttng);
    }

    @Test
    void jfrWithItsFirstChunkDamaged() throws IOException {
        byte[] bytes = Files.readAllBytes(jfr);
        byte[] twice = Arrays.copyOf(bytes, 2 * bytes.length);
        System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
        Files.write(jfr, twice);
        change(jfr, 16, 0x7f, 0, 0, 0);
        Shown shown = show();
        // The first of the two copies loses its first chunk; the search for the next one must not take the copies of
        // heads within it for one.
        assertTells(shown, 0, "a chunk has sizes that can't be");
        assertEquals(
                1, shown.said.lines().filter(line -> line.contains("seam.jfr")).count(), shown.said);
        assertEquals(whole(this).lttng, shown.lttng);
        assertTrue(shown.jfr >= whole(this).jfr, shown.jfr + " of " + whole(this).jfr);
    }

    @Test
    void jfrWithoutAClock() throws IOException {
        change(jfr, 56, 0, 0, 0, 0, 0, 0, 0, 0);
        Shown shown = show();
        assertTells(shown, 0, "a chunk has no clock");
        assertEquals(whole(this).lttng, shown.lttng);
    }

    @Test
    void jfrWithDamagedConstants() throws IOException {
        byte[] bytes = Files.readAllBytes(jfr);
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            bytes[68 + random.nextInt(bytes.length - 68)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(jfr, bytes);
        Shown shown = show();
        assertTells(shown, 0, "seam.jfr: a chunk", "it is damaged");
        assertEquals(whole(this).lttng, shown.lttng);
    }

    @Test
    void emptyJfr() throws IOException {
        Files.write(jfr, new byte[0]);
        Shown shown = show();
        assertTells(shown, 0, "seam.jfr: it is no recording of JFR, it is empty.");
        assertEquals(whole(this).lttng, shown.lttng);
    }

    @Test
    void filesOfAnotherKind() throws IOException {
        Path text = Files.writeString(directory.resolve("notes.txt"), "no recording");
        assertTells(show(text), 1, "notes.txt: it is no recording of JFR", "Give a directory with traces");
        assertTells(show(directory.resolve("nowhere")), 1, "There is no ", "Give a directory with traces");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertTells(show(empty), 1, "There is no recording in ");
        Files.writeString(jfr, "FLR: a text with the right beginning");
        assertTells(show(jfr), 1, "seam.jfr: it is no recording of JFR");
    }

    @Test
    void manifestThatIsNone() throws IOException {
        Files.writeString(directory.resolve("dyntrace-recording.json"), "{\"processes\":[{\"pid\":");
        Shown shown = show();
        assertTells(shown, 0, "the manifest can't be read");
        assertEquals(whole(this).lttng + whole(this).jfr, shown.lttng + shown.jfr);
    }

    @Test
    void eventsThatLttngHadNoRoomFor() {
        Path full = directory.resolve("full");
        try (Installation dyntrace = Installation.start()) {
            Path classes = Jvm.compile("Seam", dyntrace.file("seam"));
            try (Program seam = Jvm.start(Jvm.own("java"), classes, "Seam");
                    LttngSession session = LttngSession.cramped(full, seam.pid())) {
                seam.ask("point 1", "did point 1");
                dyntrace.attach(seam);
                dyntrace.ok("add", seam.pid() + ":Seam$Work.point", "lttng");
                seam.ask("point 300000", "did point 300000");
                assertTrue(session.recordsSomething());
            }
        }
        Shown shown = show(full);
        assertTells(shown, 0, "LTTng had no room for ", "record with larger buffers");
        long lost = Pattern.compile("no room for (\\d+) events")
                .matcher(shown.said)
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
        long infos = Traces.counts(Traces.babeltrace(full)).get(LTTNG + "tracepoint_info");
        assertEquals(300_000, shown.lttng - infos + lost, shown.said);
    }

    /** The same bits each time, so that what was found once is found again. */
    @Test
    void anyBits() throws IOException {
        for (int seed = 0; seed < 8; seed++) {
            Random random = new Random(seed);
            Path file = seed % 4 == 0 ? trace.resolve("metadata") : seed % 2 == 0 ? jfr : stream(true);
            byte[] bytes = Files.readAllBytes(file);
            byte[] changed = bytes.clone();
            for (int i = 0; i < 20; i++) {
                changed[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, changed);
            Shown shown = show();
            assertEquals(0, shown.exitCode, seed + shown.said);
            if (file.equals(jfr)) {
                assertEquals(whole(this).lttng, shown.lttng);
            } else {
                assertEquals(whole(this).jfr, shown.jfr);
            }
            Files.write(file, bytes);
        }
    }
}
