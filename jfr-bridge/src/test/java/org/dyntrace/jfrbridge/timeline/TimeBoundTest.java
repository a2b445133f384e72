package org.dyntrace.jfrbridge.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times as people write them. */
class TimeBoundTest {
    private static final long BEGIN = nanos(LocalDateTime.parse("2026-11-25T10:14:20"));

    private static long nanos(LocalDateTime here) {
        Instant instant = here.atZone(ZoneId.systemDefault()).toInstant();
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    @Test
    void isRead() {
        assertEquals(BEGIN + 1_500_000_000L, TimeBound.parse("+1.5").nanos(BEGIN));
        assertEquals(BEGIN + 3_500_000_000L, TimeBound.parse("10:14:23.5").nanos(BEGIN));
        assertEquals(BEGIN - 3_620_000_000_000L, TimeBound.parse("9:14").nanos(BEGIN));
        assertEquals(BEGIN + 1, TimeBound.parse("2026-11-25T10:14:20.000000001").nanos(BEGIN));
        assertEquals(
                1_000_000_000L, TimeBound.parse("1970-01-01T01:00:01+01:00").nanos(BEGIN));
        assertEquals(
                1_795_616_414_708_669_243L,
                TimeBound.parse("1795616414.708669243").nanos(BEGIN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "+", "25:00", "2026-13-01T00:00", "99999999999999999999", "1e9"})
    void othersAreRefusedWithAnExample(String text) {
        String said = assertThrows(IllegalArgumentException.class, () -> TimeBound.parse(text))
                .getMessage();
        assertEquals(true, said.contains("10:14:23.5"), said);
    }
}
