package org.dyntrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a JVM holds after a garbage collection.
 *
 * @param threads of the process
 * @param descriptors of the process: what each is open on
 * @param classes in the hierarchy of live classes. (What jstat calls loaded counts each version that a retransformation makes.)
 * @param metaspace in KiB
 * @param loaders of dyntrace's agent
 */
record Footprint(long threads, List<String> descriptors, long classes, long metaspace, long loaders) {
    /** The JDK makes and drops classes of its own as it runs: 2,277 became 2,440, then 2,280 in 40 cycles. */
    private static final long SLACK = 64;

    static Footprint of(Program program, Path java) {
        String pid = "" + program.pid();
        String jcmd = java.resolveSibling("jcmd").toString();
        String jstat = java.resolveSibling("jstat").toString();
        Shell.run(jcmd, pid, "GC.run").ok();
        String[] memory = Shell.run(jstat, "-gc", pid).ok().strip().split("\\R");
        int column = List.of(memory[0].strip().split("\\s+")).indexOf("MU");
        String used = memory[1].strip().split("\\s+")[column].replace(',', '.');
        return new Footprint(
                links(program, "task").size(),
                links(program, "fd"),
                Shell.run(jcmd, pid, "VM.class_hierarchy").ok().lines().count(),
                (long) Double.parseDouble(used),
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
