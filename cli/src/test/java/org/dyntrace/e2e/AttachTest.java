package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.Test;

/** Attaching where it is most dangerous. {@code -Ddyntrace.attaches=1000} for the long run (scripts/soak). */
class AttachTest {
    private static final int ATTACHES = Integer.getInteger("dyntrace.attaches", 50);
    private static final int THREADS = 4;
    private static final long MICROSECONDS_MAX = 50_000;
    private static final Pattern HELD = Pattern.compile("attached to .*, a thread held for ([\\d,]+) us");

    @Test
    void intoFreshProgramsWhoseThreadsOnlyAllocate() {
        try (Installation dyntrace = Installation.start()) {
            // One connection: a launcher's start takes longer than many attaches.
            try (DaemonConnection daemon =
                    DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false))) {
                for (int i = 0; i < ATTACHES; i++) {
                    try (Program program = Program.start(Program.compile("inject_malloc"), THREADS)) {
                        program.await("ready");
                        assertEquals(
                                program.pid(),
                                daemon.daemon().attach("" + program.pid()).getPid());
                        // It checks all its blocks before it ends.
                        program.signal("TERM");
                        assertEquals(0, program.awaitExit());
                        assertTrue(program.output().contains("\nok "), program::output);
                    }
                }
            }
            long attached = 0;
            long longest = 0;
            Matcher held = HELD.matcher(Waiting.text(dyntrace.rundir().resolve("log")));
            while (held.find()) {
                attached++;
                longest = Math.max(longest, Long.parseLong(held.group(1).replace(",", "")));
            }
            System.out.printf("attach: %d programs, a thread held for %d us at most%n", attached, longest);
            assertEquals(ATTACHES, attached);
            assertTrue(longest < MICROSECONDS_MAX, "a thread was held for " + longest + " us");
        }
    }
}
