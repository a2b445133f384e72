package org.dyntrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Functions of a program without symbols, found without dyntrace: binutils tell where imported functions are called
 * through, and where functions begin (.eh_frame). All addresses are the file's own.
 */
final class StrippedFile {
    private static final int CALL = 0xe8;
    private static final int CALL_LENGTH = 5;

    private final Path path;

    StrippedFile(Path path) {
        this.path = path;
    }

    /** {@return where the functions begin that call an imported function} */
    SortedSet<Long> callersOf(String imported) {
        long stub = stubOf(imported);
        TreeMap<Long, Long> functions = functions();
        Section text = text();
        SortedSet<Long> callers = new TreeSet<>();
        for (int at = 0; at + CALL_LENGTH <= text.code().limit(); at++) {
            long next = text.address() + at + CALL_LENGTH;
            if ((text.code().get(at) & 0xff) == CALL && next + text.code().getInt(at + 1) == stub) {
                Map.Entry<Long, Long> function = functions.floorEntry(next - CALL_LENGTH);
                if (function != null && next <= function.getValue()) {
                    callers.add(function.getKey());
                }
            }
        }
        return callers;
    }

    /** {@return where the file's address 0 lies in a process} */
    long baseIn(Program program) {
        Matcher first = Pattern.compile("(?m)^(\\p{XDigit}+)-\\S+ \\S+ 00000000 .*" + Pattern.quote("" + path) + "$")
                .matcher(Waiting.text(Path.of("/proc/" + program.pid() + "/maps")));
        if (!first.find()) {
            throw new AssertionError(path + " is not in " + program.pid());
        }
        return Long.parseLong(first.group(1), 16);
    }

    boolean hasSymbols() {
        return Shell.run("readelf", "-SW", path.toString()).ok().contains(".symtab");
    }

    private long stubOf(String imported) {
        Matcher stub = Pattern.compile("(?m)^(\\p{XDigit}+) <" + Pattern.quote(imported) + "@plt>:$")
                .matcher(Shell.run("objdump", "-d", "-j", ".plt", path.toString())
                        .ok());
        if (!stub.find()) {
            throw new AssertionError(path + " does not import " + imported);
        }
        return Long.parseLong(stub.group(1), 16);
    }

    private TreeMap<Long, Long> functions() {
        TreeMap<Long, Long> ends = new TreeMap<>();
        Matcher frame = Pattern.compile(" FDE .*pc=(\\p{XDigit}+)\\.\\.(\\p{XDigit}+)")
                .matcher(Shell.run("readelf", "--debug-dump=frames", path.toString())
                        .ok());
        while (frame.find()) {
            ends.put(Long.parseLong(frame.group(1), 16), Long.parseLong(frame.group(2), 16));
        }
        return ends;
    }

    private Section text() {
        Matcher text = Pattern.compile("\\.text +PROGBITS +(\\p{XDigit}+) (\\p{XDigit}+) (\\p{XDigit}+) ")
                .matcher(Shell.run("readelf", "-SW", path.toString()).ok());
        if (!text.find()) {
            throw new AssertionError(path + " has no .text");
        }
        try {
            int from = Integer.parseInt(text.group(2), 16);
            int length = Integer.parseInt(text.group(3), 16);
            ByteBuffer code = ByteBuffer.wrap(Files.readAllBytes(path), from, length)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN);
            return new Section(Long.parseLong(text.group(1), 16), code);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Section(long address, ByteBuffer code) {}
}
