package org.dyntrace.agent.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the build of the natives made, and what these tests compile. */
final class Built {
    private Built() {}

    static Path library(String name) {
        return root().resolve("natives/target/lib/" + name);
    }

    static void loadNatives() {
        Natives.load(library("libdyntrace-jvm.so").toString());
    }

    /** Compiles natives/src/test/c/NAME.c. */
    static Path compile(String name, Path into) {
        Path binary = into.resolve(name);
        run(
                "gcc",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-o",
                binary,
                root().resolve("natives/src/test/c/" + name + ".c"));
        return binary;
    }

    /** Runs a command, which must succeed, and returns what it prints. */
    static String run(Object... command) {
        List<String> words = new ArrayList<>();
        for (Object word : command) {
            words.add(word.toString());
        }
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(words + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("natives/src/test/c"))) {
            root = root.getParent();
        }
        return root;
    }
}
