package org.dyntrace.daemon.proc;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads the small text files of /proc. */
final class ProcFile {
    private ProcFile() {}

    /** {@return the file's text, or nothing when it can't be read: the process or thread ended, or belongs to someone else} */
    static Optional<String> text(String path) {
        try (FileInputStream in = new FileInputStream(path)) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** {@return the value after "name:" in a file like /proc/pid/status, trimmed, or nothing} */
    static Optional<String> field(String text, String name) {
        int at = text.startsWith(name + ":") ? 0 : text.indexOf("\n" + name + ":");
        if (at < 0) {
            return Optional.empty();
        }
        int from = text.indexOf(':', at) + 1;
        int to = text.indexOf('\n', from);
        return Optional.of(text.substring(from, to < 0 ? text.length() : to).trim());
    }

    /** {@return the numbers that name entries of a directory of /proc; empty when it is gone} */
    static int[] numbers(String directory) {
        String[] names = new File(directory).list();
        if (names == null) {
            return new int[0];
        }
        int[] numbers = new int[names.length];
        int count = 0;
        for (String name : names) {
            if (Character.isDigit(name.charAt(0))) {
                numbers[count++] = Integer.parseInt(name);
            }
        }
        return java.util.Arrays.copyOf(numbers, count);
    }
}
