package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM holds after a garbage collection.
 *
 * @param threads of the process
 * @param descriptors of the process: what each is open on
 * @param classes that live, each once. (What jstat calls loaded counts each version that a retransformation makes.)
 * @param metaspace in KiB, without what the JVM has taken back and will use again
 * @param loaders of dyntrace's agent
 */
record Footprint(long threads, List<String> descriptors, long classes, long metaspace, long loaders) {
    /** The JVM drops old versions of a class in some of its collections. */
    private static final int COLLECTIONS = 3;

    private static final Pattern METASPACE = Pattern.compile(
            " Both: .* ([0-9.]+) KB \\([ <0-9]+%\\) used(?:.*deallocated: \\d+ blocks with ([0-9.]+) KB)?");

    /** The JDK makes and drops classes of its own as it runs: some dozens in 40 cycles. */
    private static final long SLACK = 30;

    static Footprint of(Program program, Path java) {
        String pid = "" + program.pid();
        String jcmd = java.resolveSibling("jcmd").toString();
        for (int i = 0; i < COLLECTIONS; i++) {
            Shell.run(jcmd, pid, "GC.run").ok();
        }
        Matcher metaspace = METASPACE.matcher(
                Shell.run(jcmd, pid, "VM.metaspace", "scale=KB").ok());
        assertTrue(metaspace.find());
        String free = metaspace.group(2) == null ? "0" : metaspace.group(2);
        return new Footprint(
                links(program, "task").size(),
                links(program, "fd"),
                classes(Shell.run(jcmd, pid, "VM.class_hierarchy")),
                (long) (Double.parseDouble(metaspace.group(1)) - Double.parseDouble(free)),
                Shell.run(jcmd, pid, "VM.classloaders")
                        .ok()
                        .lines()
                        .filter(line -> line.contains("AgentLoader"))
                        .count());
    }

    /**
     * {@return whether there is not more than in another}
     *
     * @param kib of metaspace that the JVM may have taken for versions of retransformed classes since
     */
    boolean isWithin(Footprint other, long kib) {
        return threads <= other.threads
                && descriptors.size() <= other.descriptors.size()
                && classes <= other.classes + SLACK
                && metaspace <= other.metaspace + kib
                && loaders <= other.loaders;
    }

    /** {@return it in a line, with the descriptors that another has not} */
    String beside(Footprint other) {
        List<String> more = new ArrayList<>(descriptors);
        other.descriptors.forEach(more::remove);
        return "%d threads, %d descriptors %s, %d classes, %d KiB of metaspace, %d loaders"
                .formatted(threads, descriptors.size(), more, classes, metaspace, loaders);
    }

    /** Each with its loader; old versions are in the list too, until the JVM drops them. */
    private static long classes(Result hierarchy) {
        return hierarchy
                .ok()
                .lines()
                .map(line -> line.substring(line.lastIndexOf('-') + 1))
                .distinct()
                .count();
    }

    private static List<String> links(Program program, String directory) {
        List<String> links = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/" + program.pid(), directory))) {
            for (Path entry : entries) {
                try {
                    links.add(
                            Files.isSymbolicLink(entry)
                                    ? Files.readSymbolicLink(entry).toString()
                                    : entry.getFileName().toString());
                } catch (NoSuchFileException e) {
                    // Closed or ended since.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return links;
    }
}
