package org.dyntrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Java source files that use much of the language, so that much of javac has to do with them. */
final class JavaSources {
    private static final String TEXT = """
            import java.util.*;
            import java.util.function.*;

            public class C%1$d<T extends Comparable<T>> {
                enum Kind { A, B, C }
                record Pair(int a, String b) {}
                sealed interface Shape permits Point, Line {}
                record Point(int x) implements Shape {}
                record Line(List<Point> points) implements Shape {}

                private final Map<String, List<T>> map = new HashMap<>();
                %2$s

                int sum(int n) {
                    int sum = 0;
                    for (int i = 0; i < n; i++) {
                        sum += switch (i %% 3) { case 0 -> i * %1$d; case 1 -> i + 1; default -> i - 1; };
                    }
                    return sum;
                }

                String text(Object o) {
                    try {
                        return o instanceof String s && s.length() > %1$d ? "s" + s + %1$d : new Pair(%1$d, "x").toString();
                    } finally {
                        map.clear();
                    }
                }

                void add(List<? super T> list, T t) {
                    Function<T, String> name = x -> x + "%1$d";
                    list.add(t);
                    Runnable later = new Runnable() {
                        public void run() {
                            name.apply(t);
                        }
                    };
                    later.run();
                    map.computeIfAbsent("k", k -> new ArrayList<>()).add(t);
                }

                Kind kind(int i) {
                    return switch (i) { case 1 -> Kind.A; case 2 -> Kind.B; default -> Kind.C; };
                }
            }
            """;

    private JavaSources() {}

    /** Makes a number of them; {@return a file with their paths, for javac} */
    static Path make(Path directory, int number) {
        try {
            Files.createDirectories(directory);
            List<String> paths = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                Path source = directory.resolve("C" + i + ".java");
                Files.writeString(source, TEXT.formatted(i, i == 0 ? "" : "C" + (i - 1) + "<T> before;"));
                paths.add(source.toString());
            }
            return Files.write(directory.resolve("all"), paths);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
