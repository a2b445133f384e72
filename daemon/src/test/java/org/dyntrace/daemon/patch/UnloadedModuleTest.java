package org.dyntrace.daemon.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.dyntrace.daemon.proc.Target;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.TracepointInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A traced library is unloaded: what comes to lie in its place is not ours to write. */
@Timeout(300)
class UnloadedModuleTest {
    private static final int ROUNDS = Integer.getInteger("dyntrace.unload.rounds", 60);

    /** What a library that comes and goes may meet. */
    private static final EnumSet<Reason> JUST_GONE = EnumSet.of(
            Reason.NO_SUCH_SYMBOL, Reason.NOT_CODE, Reason.MODULE_GONE, Reason.FOREIGN_PATCH, Reason.NO_SITE);

    private final Path plugin = Target.compile("plugin", "-shared", "-fPIC");
    private final String work = "work@" + plugin.getFileName();

    @Test
    void whatLiesThereNowIsLeftAlone() {
        try (TracedProgram traced = TracedProgram.start("plugin_host", plugin)) {
            traced.add(work, "point", false, "count");
            traced.add(work, "frame", true, "count");
            traced.program().signal("USR1");
            traced.program().awaitOutput("worked");
            assertEquals(List.of("placed", "placed"), states(traced));
            traced.program().signal("USR2");
            traced.program().awaitOutput("replaced");
            assertEquals(List.of("MODULE_GONE", "MODULE_GONE"), states(traced));
            for (TracepointInfo info : traced.tracepoints()) {
                assertEquals(1000, info.getHits());
                traced.remove(info.getName());
            }
            traced.program().signal("HUP");
            assertTrue(
                    traced.program().awaitOutput("t").contains("intact"),
                    traced.program().output());
            traced.program().signal("TERM");
            traced.program().awaitOutput("ok ");
        }
    }

    @Test
    void aLibraryMayComeAndGoAllTheTime() {
        try (TracedProgram traced = TracedProgram.start("plugin_host", plugin)) {
            traced.program().signal("USR2");
            traced.program().awaitOutput("replaced");
            traced.program().signal("HUP");
            traced.program().awaitOutput("intact");
            int placed = 0;
            for (int i = 0; i < ROUNDS * 20 && placed < ROUNDS; i++) {
                String name = "tp" + i;
                try {
                    traced.add(work, name, i % 2 == 0, "count");
                } catch (Failure failure) {
                    assertTrue(JUST_GONE.contains(failure.reason()), failure.toString());
                    continue;
                }
                placed++;
                traced.target.info(name);
                traced.remove(name);
            }
            assertEquals(ROUNDS, placed);
            assertEquals(List.of(), traced.tracepoints());
            traced.program().signal("TERM");
            System.out.println(traced.program().awaitOutput("ok "));
        }
    }

    private static List<String> states(TracedProgram traced) {
        return traced.tracepoints().stream()
                .map(info -> traced.sites(info).get(0).getState())
                .toList();
    }
}
