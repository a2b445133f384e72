package org.dyntrace.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;

/** The code of a process, compared with the files that it comes from. */
final class ProgramText {
    private static final Pattern CODE =
            Pattern.compile("(?m)^(\\p{XDigit}+)-(\\p{XDigit}+) r-xp (\\p{XDigit}+) \\S+ [1-9]\\d* +(/.*)$");

    private ProgramText() {}

    /** Whether every mapped code page is as in its file. */
    static void assertAsInFiles(Program program) {
        try (RandomAccessFile memory = new RandomAccessFile("/proc/" + program.pid() + "/mem", "r")) {
            Matcher maps = CODE.matcher(Files.readString(Path.of("/proc/" + program.pid() + "/maps")));
            int compared = 0;
            while (maps.find()) {
                if (maps.group(4).contains("libdyntrace-") || maps.group(4).endsWith(" (deleted)")) {
                    continue;
                }
                long start = Long.parseLong(maps.group(1), 16);
                compare(memory, start, Long.parseLong(maps.group(2), 16), maps.group(3), maps.group(4));
                compared++;
            }
            Assertions.assertTrue(compared > 2, "only " + compared + " mappings of code");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the code of a program and its libraries as it is now, by its addresses, without the agent's libraries} */
    static Map<String, ByteBuffer> of(Program program) {
        Map<String, ByteBuffer> all = new TreeMap<>();
        try (RandomAccessFile memory = new RandomAccessFile("/proc/" + program.pid() + "/mem", "r")) {
            Matcher maps = CODE.matcher(Files.readString(Path.of("/proc/" + program.pid() + "/maps")));
            while (maps.find()) {
                if (maps.group(4).contains("dyntrace-")) {
                    continue;
                }
                long start = Long.parseLong(maps.group(1), 16);
                byte[] code = new byte[(int) (Long.parseLong(maps.group(2), 16) - start)];
                memory.seek(start);
                memory.readFully(code);
                all.put(maps.group(), ByteBuffer.wrap(code));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static void compare(RandomAccessFile memory, long start, long end, String offset, String path)
            throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path, "r")) {
            long from = Long.parseLong(offset, 16);
            int length = (int) Math.min(end - start, file.length() - from);
            byte[] mapped = new byte[length];
            byte[] stored = new byte[length];
            memory.seek(start);
            memory.readFully(mapped);
            file.seek(from);
            file.readFully(stored);
            int at = Arrays.mismatch(mapped, stored);
            Assertions.assertEquals(-1, at, () -> String.format("%s differs at %#x", path, from + at));
        }
    }
}
