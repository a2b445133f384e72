package org.dyntrace.daemon.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.dyntrace.mbeans.TracepointInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hits where malloc's lock is held, on threads that lttng-ust has never seen. */
@Timeout(120)
class LockedCodeTest {
    private static final int THREADS = 8;
    private static final int ROUNDS = 200;
    private static final Pattern ADDRESS = Pattern.compile("address = (0x[0-9A-Fa-f]+)");
    private static final Pattern THREAD = Pattern.compile("vtid = ([0-9]+)");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", "with 40 keys"})
    void everyHitIsInTheTrace(String keys) {
        try (Recording recording = new Recording(directory.resolve("trace"));
                TracedProgram traced = keys.isEmpty()
                        ? TracedProgram.start("locked_hits", THREADS, ROUNDS)
                        : TracedProgram.start("locked_hits", THREADS, ROUNDS, keys)) {
            traced.add("_int_malloc@libc.so.6", "inner", false, "lttng");
            traced.add("mmap@libc.so.6", "mapping", false, "lttng");
            traced.add("sysmalloc@libc.so.6", "growing", true, "lttng");
            traced.add("malloc@libc.so.6", "outer", false, "count");
            traced.program().signal("USR1");
            long mallocs = Long.parseLong(
                    traced.program().awaitOutput("done ").split("done ")[1].trim());
            List<TracepointInfo> infos = traced.tracepoints();
            List<String> events = recording.events(traced.program().pid());
            for (TracepointInfo info : infos.subList(0, 3)) {
                long address = traced.sites(info).get(0).getAddress();
                System.out.printf(
                        "%s: %d hits, %d exits, %d lost%n",
                        info.getName(), info.getHits(), info.getExits(), info.getLost());
                assertEquals(0, info.getLost(), info.getName());
                assertEquals(
                        info.getHits(),
                        count(events, info.isEntryExit() ? "function_entry" : "tracepoint_hit", address));
                assertEquals(info.getExits(), count(events, "function_exit", address));
            }
            assertEquals(2L * THREADS * ROUNDS, mallocs / 8);
            assertTrue(info(infos, "inner").getHits() >= mallocs, "fewer hits than calls");
            assertEquals(mallocs, info(infos, "outer").getHits());
            assertTrue(info(infos, "mapping").getHits() >= mallocs / 8, "fewer hits than calls");
            assertTrue(info(infos, "growing").getHits() >= mallocs / 8, "fewer hits than calls");
            // Each event says who it was, not who helped.
            long threads =
                    events.stream().map(event -> find(THREAD, event)).distinct().count();
            assertTrue(threads >= 2 * THREADS, threads + " threads");
        }
    }

    private static TracepointInfo info(List<TracepointInfo> infos, String name) {
        return infos.stream()
                .filter(info -> info.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static long count(List<String> events, String name, long address) {
        return events.stream()
                .filter(event -> event.contains("dyntrace_lttng:" + name + ":"))
                .filter(event -> Long.decode(find(ADDRESS, event)) == address)
                .count();
    }

    private static String find(Pattern pattern, String event) {
        var matcher = pattern.matcher(event);
        assertTrue(matcher.find(), event);
        return matcher.group(1);
    }
}
