package org.dyntrace.mbeans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dyntrace.mbeans.TracerSpec.Tracer;
import org.junit.jupiter.api.Test;

class TracerSpecTest {
    private static Reason refused(String name, String... arguments) {
        return assertThrows(Failure.class, () -> TracerSpec.parse(name, List.of(arguments)))
                .reason();
    }

    @Test
    void known() {
        assertEquals(new TracerSpec(Tracer.LTTNG, List.of(), false), TracerSpec.parse("lttng", List.of()));
        assertEquals("count", TracerSpec.parse("count", List.of()).toString());
        assertEquals(Optional.empty(), TracerSpec.parse("log", List.of()).logFile());
        TracerSpec log = TracerSpec.parse("log", List.of("hits.log")).in(Path.of("/home/me"));
        assertEquals("log /home/me/hits.log", log.toString());
        assertEquals(log, log.in(Path.of("/elsewhere")));
        TracerSpec both = TracerSpec.parse("log", List.of("--jfr", "/tmp/hits"));
        assertEquals("log /tmp/hits --jfr", both.toString());
        assertEquals(both, TracerSpec.parse("log", both.words()));
        assertTrue(TracerSpec.parse("jfr", List.of()).jfr());
    }

    @Test
    void refused() {
        assertEquals(Reason.NO_SUCH_TRACER, refused("lttn"));
        assertEquals(Reason.NO_SUCH_TRACER, refused("LOG"));
        assertEquals(Reason.BAD_REQUEST, refused("count", "x"));
        assertEquals(Reason.BAD_REQUEST, refused("log", "a", "b"));
        assertEquals(Reason.BAD_REQUEST, refused("log", ""));
        assertEquals(Reason.BAD_REQUEST, refused("log", "--json"));
        assertEquals(Reason.BAD_REQUEST, refused("count", "--jfr", "x"));
        Failure unknown = assertThrows(Failure.class, () -> TracerSpec.parse("x", List.of()));
        assertTrue(unknown.hint().contains("log [file], lttng, jfr, count"));
    }
}
