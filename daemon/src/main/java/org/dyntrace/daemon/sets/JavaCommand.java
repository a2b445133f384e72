package org.dyntrace.daemon.sets;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds what the {@code java} launcher was told to run, by its arguments (the "java" page of the JDK's tools says how). */
final class JavaCommand {
    private static final Set<String> WITH_VALUE = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--enable-native-access",
            "--add-reads",
            "--add-exports",
            "--add-opens",
            "--limit-modules",
            "--patch-module",
            "--source",
            "--illegal-native-access");

    private JavaCommand() {}

    /**
     * {@return the main class, module/class, or the file name of the jar or source file}
     *
     * @param words the process's arguments, the launcher's own name first
     */
    static Optional<String> main(List<String> words) {
        for (int at = 1; at < words.size(); at++) {
            String word = words.get(at);
            boolean last = at + 1 == words.size();
            if (word.equals("-m") || word.equals("--module")) {
                return last ? Optional.empty() : Optional.of(words.get(at + 1));
            }
            if (word.equals("-jar")) {
                return last ? Optional.empty() : Optional.of(fileName(words.get(at + 1)));
            }
            if (word.startsWith("--module=")) {
                return Optional.of(word.substring("--module=".length()));
            }
            if (WITH_VALUE.contains(word)) {
                at++;
            } else if (!word.startsWith("-") && !word.startsWith("@")) {
                return Optional.of(word.endsWith(".java") ? fileName(word) : word.replace('/', '.'));
            }
        }
        return Optional.empty();
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
