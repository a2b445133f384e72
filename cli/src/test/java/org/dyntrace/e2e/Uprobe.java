package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A probe of the kernel's own (tracefs) on an address of a running program. Gone with {@link #close}. */
final class Uprobe implements AutoCloseable {
    private static final String GROUP =
            "dyntrace_test_" + ProcessHandle.current().pid();

    private final Path kernel;

    private Uprobe(Path kernel) {
        this.kernel = kernel;
    }

    /** Places one; the test is skipped where the kernel has none for us. */
    static Uprobe place(Program program, long address) {
        try {
            Path kernel = Files.createTempDirectory("dyntrace-tracefs");
            boolean mounted = Shell.run("mount", "-t", "tracefs", "none", kernel.toString())
                            .exitCode()
                    == 0;
            if (!mounted) {
                Files.delete(kernel);
            }
            assumeTrue(mounted, "no tracefs");
            Uprobe probe = new Uprobe(kernel);
            probe.write("uprobe_events", "p:" + GROUP + "/probe " + inFile(program, address));
            probe.write("events/" + GROUP + "/enable", "1");
            return probe;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String inFile(Program program, long address) {
        Matcher code = Pattern.compile("(?m)^(\\p{XDigit}+)-(\\p{XDigit}+) r-xp (\\p{XDigit}+) \\S+ \\d+ +(/.*)$")
                .matcher(Waiting.text(Path.of("/proc/" + program.pid() + "/maps")));
        while (code.find()) {
            long start = Long.parseLong(code.group(1), 16);
            if (address >= start && address < Long.parseLong(code.group(2), 16)) {
                return String.format("%s:%#x", code.group(4), address - start + Long.parseLong(code.group(3), 16));
            }
        }
        throw new IllegalArgumentException(String.format("%#x is in no file", address));
    }

    private void write(String file, String line) throws IOException {
        Files.writeString(kernel.resolve(file), line + "\n", StandardOpenOption.APPEND);
    }

    /** {@return how often it was hit} */
    long hits() {
        Matcher profile = Pattern.compile(" probe +(\\d+)").matcher(Waiting.text(kernel.resolve("uprobe_profile")));
        assertTrue(profile.find());
        return Long.parseLong(profile.group(1));
    }

    @Override
    public void close() {
        try {
            write("events/" + GROUP + "/enable", "0");
            write("uprobe_events", "-:" + GROUP + "/probe");
            Shell.run("umount", kernel.toString()).ok();
            Files.delete(kernel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
