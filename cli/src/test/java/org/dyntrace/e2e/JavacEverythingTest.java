package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * javac compiles while all of its methods, and then all of java.util's too, carry a tracepoint: the class files are the same.
 * {@code -Ddyntrace.sources=300} for the long run (scripts/soak).
 */
class JavacEverythingTest {
    private static final int SOURCES = Integer.getInteger("dyntrace.sources", 30);
    private static final int METHODS = 9_000;
    /** Compared before and after; not all of them, for reading takes its time. */
    private static final String PACKAGE = "com.sun.tools.javac.jvm";

    @TempDir
    private static Path classes;

    @TempDir
    private Path files;

    private static Installation dyntrace;
    private static Path sources;

    @BeforeAll
    static void install() {
        dyntrace = Installation.start();
        Jvm.compile("Tools", classes);
        sources = JavaSources.make(classes.resolve("sources"), SOURCES);
    }

    @AfterAll
    static void remove() {
        dyntrace.close();
    }

    static Stream<Path> javas() {
        return Jvm.javas();
    }

    @ParameterizedTest
    @MethodSource("javas")
    void compilesTheSame(Path java) throws IOException {
        Path faulty = Files.writeString(files.resolve("Faulty.java"), "class Faulty { missing.Type f; }");
        try (Program tools = Jvm.start(java, classes, "Tools")) {
            Map<String, byte[]> untraced = compile(tools, "untraced");
            tools.ask("javac -d " + files + " " + faulty, "javac exits 1");
            dyntrace.attach(tools);
            Map<String, String> before = bytecode(tools, java, "before");

            int placed = add(tools, "com.sun.tools.javac.**", "javac");
            assertTrue(placed > METHODS, placed + " methods");
            assertSame(untraced, compile(tools, "counted"));
            long hits = dyntrace.counts(tools, "javac").hits();
            assertTrue(hits > METHODS, hits + " hits");
            add(tools, "java.util.**", "util");
            assertSame(untraced, compile(tools, "all"));
            assertNotEquals(before, bytecode(tools, java, "woven"));
            remove(tools, "util", "javac");
            assertEquals("", difference(before, bytecode(tools, java, "after")));

            add(tools, "com.sun.tools.javac.**", "javac", "-e");
            add(tools, "java.util.**", "util", "-e");
            assertSame(untraced, compile(tools, "pairs"));
            // The compiler finds out by exceptions of its own that a class is missing.
            dyntrace.ok("add", tools.pid() + ":com.sun.tools.javac.code.Symbol$CompletionFailure.<init>", "count");
            tools.ask("javac -d " + files + " " + faulty, "javac exits 1");
            assertTrue(dyntrace.counts(tools, "tp-0").hits() > 0);
            Counts pairs = dyntrace.counts(tools, "javac");
            assertEquals(pairs.hits(), pairs.exits());
            assertTrue(pairs.hits() > hits, pairs.toString());
            assertEquals(0, pairs.lost());
            remove(tools, "util", "javac", "tp-0");
            assertSame(untraced, compile(tools, "again"));
        }
    }

    private Map<String, byte[]> compile(Program tools, String name) {
        Path out = files.resolve(name);
        long began = System.nanoTime();
        tools.ask("javac -proc:none -d " + out + " @" + sources, "javac exits 0");
        report(name + ": " + SOURCES + " files compiled", began);
        try (Stream<Path> all = Files.walk(out)) {
            Map<String, byte[]> made = new TreeMap<>();
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                made.put(out.relativize(file).toString(), Files.readAllBytes(file));
            }
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertSame(Map<String, byte[]> untraced, Map<String, byte[]> traced) {
        assertEquals(untraced.keySet(), traced.keySet());
        untraced.forEach((name, bytes) -> assertArrayEquals(bytes, traced.get(name), name));
    }

    /** {@return the number of methods} */
    private static int add(Program tools, String location, String name, String... more) {
        long began = System.nanoTime();
        String place = tools.pid() + ":java:" + location;
        Object[] command = Stream.of(Stream.of("add", place), Stream.of(more), Stream.of("-n", name, "count"))
                .flatMap(words -> words)
                .toArray();
        assertEquals(name, dyntrace.ok(command));
        report("add " + location + " " + List.of(more), began);
        return (int) dyntrace.ok("list-tracepoints", tools.pid(), "-a")
                .lines()
                .filter(line -> line.contains(" placed"))
                .count();
    }

    private static void remove(Program tools, String... names) {
        for (String name : names) {
            long began = System.nanoTime();
            dyntrace.ok("rm", tools.pid() + ":" + name);
            report("rm " + name, began);
        }
    }

    private static void report(String what, long began) {
        System.out.printf("javac: %s in %.1f s%n", what, (System.nanoTime() - began) / 1e9);
    }

    private Map<String, String> bytecode(Program tools, Path java, String name) {
        return RunningBytecode.of(tools, java, PACKAGE, files.resolve(name));
    }

    /** {@return the first line that is not as it was, or an empty string; some classes may have been loaded since} */
    private static String difference(Map<String, String> before, Map<String, String> after) {
        for (String type : before.keySet()) {
            List<String> was = before.get(type).lines().toList();
            List<String> is = after.getOrDefault(type, "").lines().toList();
            for (int i = 0; i < was.size(); i++) {
                if (i >= is.size() || !was.get(i).equals(is.get(i))) {
                    return type + ": " + was.get(i) + " is now " + (i < is.size() ? is.get(i) : "missing");
                }
            }
        }
        return "";
    }
}
