package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace of many events as text, by us and by babeltrace2, one after the other: the same lines, as fast, and in bounded memory. */
class ManyEventsTest {
    private static final int EVENTS = Integer.getInteger("dyntrace.events", 400_000);
    /** So many fit LTTng's buffers while they are written. */
    private static final int AT_ONCE = 200_000;
    /** Below this it is the start of a JVM that is measured. */
    private static final int WORTH_TIMING = 2_000_000;

    private static final long MEGABYTE = 1 << 20;
    /** For heap and what the JVM takes besides; dyntrace-ctf is another process, and smaller. */
    private static final long MOST = 450 * MEGABYTE;

    @TempDir
    private Path directory;

    /** What a command took, and how many lines it wrote. */
    private record Run(double seconds, long memory, long lines) {
        private static final String PYTHON = """
                import resource, subprocess, sys, time
                begin = time.monotonic()
                with open(sys.argv[1], "wb") as out:
                    subprocess.run(sys.argv[2:], stdout=out, check=True)
                seconds = time.monotonic() - begin
                memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
                with open(sys.argv[1], "rb") as text:
                    print(seconds, memory, sum(block.count(b"\\n") for block in iter(lambda: text.read(1 << 20), b"")))
                """;

        static Run of(Path out, String... command) {
            String[] all = new String[command.length + 4];
            System.arraycopy(new String[] {"/usr/bin/python3", "-c", PYTHON, out.toString()}, 0, all, 0, 4);
            System.arraycopy(command, 0, all, 4, command.length);
            String[] words = Shell.run(all).ok().split(" ");
            return new Run(Double.parseDouble(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
        }
    }

    @Test
    void areMergedAsFastAsTheyCanBePrinted() {
        Path trace = directory.resolve("lttng");
        try (Installation dyntrace = Installation.start()) {
            Path classes = Jvm.compile("Seam", dyntrace.file("seam"));
            try (Program seam = Jvm.start(Jvm.own("java"), classes, "Seam");
                    LttngSession session = LttngSession.start(trace, seam.pid())) {
                seam.ask("point 1", "did point 1");
                dyntrace.attach(seam);
                dyntrace.ok("add", seam.pid() + ":Seam$Work.point", "lttng");
                for (int done = 0; done < EVENTS; done += AT_ONCE) {
                    seam.ask("point " + AT_ONCE, "did point " + AT_ONCE);
                }
                assertTrue(session.recordsSomething());
            }
        }
        Run theirs = Run.of(directory.resolve("theirs"), "babeltrace2", trace.toString());
        Run ours = Run.of(directory.resolve("ours"), Installation.launcher("dyntrace"), "timeline", trace.toString());
        System.out.printf(
                "%d events: %.1f s and %d MiB, babeltrace2 %.1f s%n",
                ours.lines(), ours.seconds(), ours.memory() / MEGABYTE, theirs.seconds());
        assertTrue(ours.lines() > EVENTS / 2, ours + " of " + EVENTS);
        assertEquals(theirs.lines(), ours.lines());
        assertTrue(ours.memory() < MOST, ours.toString());
        if (EVENTS >= WORTH_TIMING) {
            assertTrue(ours.seconds() <= theirs.seconds(), ours + ", babeltrace2 " + theirs);
        }
    }
}
