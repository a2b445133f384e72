package org.dyntrace.agent.weave;

import java.io.StringWriter;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.dyntrace.agent.natives.Natives;

/** javac compiles some hundred files while every method of it carries a tracepoint: what it writes must be the same. Then all go. */
public final class JavacScenario {
    private static final int FILES = 200;
    private static final String JAVAC = "com\\.sun\\.tools\\.javac\\..*";
    private static final String UTIL = "java\\.util\\..*";

    private JavacScenario() {}

    public static void run(Instrumentation instrumentation, List<String> arguments) throws Exception {
        Rig rig = Rig.of(instrumentation);
        Path folder = Path.of(arguments.get(0));
        List<Path> sources = sources(folder);
        Map<String, List<Byte>> expected = compile(folder.resolve("plain"), sources);
        Rig.check(expected.size() >= FILES, expected.size() + " class files");
        Map<String, byte[]> before = bytecode(instrumentation);
        for (Form form : List.of(Form.COUNT_PAIR, Form.TIMED_PAIR)) {
            Count sink = new Count();
            DyntraceHits.place(1, form == Form.TIMED_PAIR ? sink : null);
            DyntraceHits.clear(1);
            long began = System.nanoTime();
            KnownSites sites = rig.place(1, form, JAVAC);
            long placed = System.nanoTime();
            if (form == Form.COUNT_PAIR) {
                rig.place(2, Form.COUNT_PAIR, UTIL);
            }
            long run = System.nanoTime();
            boolean same = compile(folder.resolve("traced-" + form), sources).equals(expected);
            long ran = System.nanoTime();
            long[] counts = DyntraceHits.read(1);
            if (form == Form.COUNT_PAIR) {
                rig.remove(2);
            }
            long removing = System.nanoTime();
            rig.remove(1);
            long removed = System.nanoTime();
            System.out.printf(
                    "%s: %d methods of %d classes placed in %d ms, compiled in %d ms, removed in %d ms; %s; refused %d; rejected %s%n",
                    form,
                    sites.placed(),
                    sites.classes(),
                    (placed - began) / 1_000_000,
                    (ran - run) / 1_000_000,
                    (removed - removing) / 1_000_000,
                    Arrays.toString(counts),
                    sites.refusals().size(),
                    sites.rejections());
            Rig.check(same, "what javac wrote differs");
            Rig.check(sites.rejections().isEmpty(), "rejected");
            Rig.check(counts[0] > 1_000_000 && counts[2] == 0, "hits: " + counts[0] + ", lost " + counts[2]);
            if (form != Form.COUNT) {
                Rig.equal(counts[0], counts[1], "exits");
            }
            same(before, bytecode(instrumentation));
        }
    }

    /** Each with things that javac makes something of: generics, lambdas, records, switches, exceptions. */
    private static List<Path> sources(Path folder) throws Exception {
        Path root = Files.createDirectories(folder.resolve("sources"));
        List<Path> sources = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            String text = """
                    package made;
                    import java.util.*;
                    import java.util.function.*;
                    public class Made%1$d<T extends Comparable<T>> {
                        record Pair<A, B>(A first, B second) {}
                        enum Kind { ONE, TWO, MANY }
                        private final Map<String, List<T>> all = new TreeMap<>();
                        int sort(String word, Kind kind) {
                            try {
                                return switch (word) {
                                    case "a", "b" -> kind == Kind.ONE ? %1$d : 2;
                                    default -> switch (kind) { case ONE -> 1; case TWO -> 2; case MANY -> word.length(); };
                                };
                            } catch (RuntimeException e) {
                                throw new IllegalStateException("no " + word + e, e);
                            } finally {
                                all.clear();
                            }
                        }
                        <R> List<R> map(List<? extends T> from, Function<? super T, R> by) {
                            List<R> to = new ArrayList<>();
                            for (T each : from) { to.add(by.apply(each)); }
                            return to;
                        }
                        Supplier<Pair<Integer, String>> later(int n) {
                            return () -> new Pair<>(n + %1$d, String.valueOf(n));
                        }
                        static long sum(long... values) {
                            long sum = 0;
                            outer:
                            for (long value : values) {
                                for (int i = 0; i < 3; i++) { if (value == i) continue outer; sum += value << i; }
                            }
                            return sum;
                        }
                    }
                    """.formatted(i);
            sources.add(Files.writeString(root.resolve("Made" + i + ".java"), text));
        }
        return sources;
    }

    private static Map<String, List<Byte>> compile(Path to, List<Path> sources) throws Exception {
        Files.createDirectories(to);
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            Iterable<? extends JavaFileObject> units = files.getJavaFileObjectsFromPaths(sources);
            boolean good = javac.getTask(said, files, null, List.of("-g", "-d", to.toString()), null, units)
                    .call();
            Rig.check(good, said.toString());
        }
        Map<String, List<Byte>> written = new TreeMap<>();
        try (Stream<Path> found = Files.walk(to)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                List<Byte> bytes = new ArrayList<>();
                for (byte b : Files.readAllBytes(file)) {
                    bytes.add(b);
                }
                written.put(to.relativize(file).toString(), bytes);
            }
        }
        return written;
    }

    /** What the JVM runs, as it says itself. */
    private static Map<String, byte[]> bytecode(Instrumentation instrumentation) {
        Map<String, byte[]> all = new HashMap<>();
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (type.getName().startsWith("com.sun.tools.javac.")
                    || type.getName().startsWith("java.util.")) {
                Object[] methods = Natives.methods(type);
                for (int i = 0; methods != null && i < ((String[]) methods[0]).length; i++) {
                    String name = ((String[]) methods[0])[i];
                    String descriptor = ((String[]) methods[1])[i];
                    byte[] code = name == null ? null : Natives.bytecodes(type, name, descriptor);
                    if (code != null) {
                        all.put(type.getName() + "." + name + descriptor, Instructions.withoutIndexes(code));
                    }
                }
            }
        }
        return all;
    }

    private static void same(Map<String, byte[]> before, Map<String, byte[]> after) {
        Rig.check(before.size() > 10_000, before.size() + " methods");
        before.forEach((method, code) ->
                Rig.check(Arrays.equals(code, after.get(method)), method + " has not its original bytecode"));
    }

    /** Does nearly nothing. */
    private static final class Count extends Silent {
        @Override
        public Object begin(int site) {
            return this;
        }

        @Override
        public void end(int site, Object token) {
            if (token != this) {
                throw new AssertionError("not the token of this call");
            }
        }
    }
}
