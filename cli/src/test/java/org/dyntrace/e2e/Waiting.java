package org.dyntrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what takes an unknown time. */
final class Waiting {
    private Waiting() {}

    static void until(int seconds, Supplier<String> what, BooleanSupplier come) {
        long deadline = System.nanoTime() + seconds * 1_000_000_000L;
        while (!come.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in " + seconds + " s: " + what.get());
            }
            pause(5);
        }
    }

    static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
