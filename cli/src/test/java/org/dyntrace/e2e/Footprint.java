package org.dyntrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a JVM holds after a garbage collection.
 *
 * @param threads of the process
 * @param descriptors of the process
 * @param classes loaded and not unloaded
 * @param metaspace in KiB
 * @param loaders of dyntrace's agent
 */
record Footprint(long threads, long descriptors, long classes, long metaspace, long loaders) {
    /** KiB of metaspace that the JVM itself takes for a version of a class, until it drops old ones. */
    private static final long VERSION = 4;

    /** Of the JDK's own, which resolves and makes classes as it runs. */
    private static final long SLACK = 20;

    static Footprint of(Program program, Path java) {
        String pid = "" + program.pid();
        String tools = java.resolveSibling("jcmd").toString();
        Shell.run(tools, pid, "GC.run").ok();
        String[] classes = lastLine(Shell.run(java.resolveSibling("jstat").toString(), "-class", pid));
        String[] heads = Shell.run(java.resolveSibling("jstat").toString(), "-gc", pid)
                .ok()
                .strip()
                .split("\\R")[0]
                .strip()
                .split("\\s+");
        String[] memory = lastLine(Shell.run(java.resolveSibling("jstat").toString(), "-gc", pid));
        long metaspace = 0;
        for (int i = 0; i < heads.length; i++) {
            if (heads[i].equals("MU")) {
                metaspace = (long) Double.parseDouble(memory[i].replace(',', '.'));
            }
        }
        return new Footprint(
                entries(program, "task"),
                entries(program, "fd"),
                Long.parseLong(classes[0]) - Long.parseLong(classes[2]),
                metaspace,
                Shell.run(tools, pid, "VM.classloaders")
                        .ok()
                        .lines()
                        .filter(line -> line.contains("AgentLoader"))
                        .count());
    }

    /** {@return whether there is not more than in another, but for the JVM's own versions of classes that were retransformed} */
    boolean isWithin(Footprint other, long versions) {
        return threads <= other.threads
                && descriptors <= other.descriptors
                && classes <= other.classes + versions + SLACK
                && metaspace <= other.metaspace + versions * VERSION + SLACK * VERSION
                && loaders <= other.loaders;
    }

    private static String[] lastLine(Result result) {
        String[] lines = result.ok().strip().split("\\R");
        return lines[lines.length - 1].strip().split("\\s+");
    }

    private static long entries(Program program, String directory) {
        try (Stream<Path> entries = Files.list(Path.of("/proc/" + program.pid(), directory))) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
