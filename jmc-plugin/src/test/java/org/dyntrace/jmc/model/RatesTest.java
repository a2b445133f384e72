package org.dyntrace.jmc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.dyntrace.mbeans.TracepointInfo;
import org.junit.jupiter.api.Test;

class RatesTest {
    private static final long SECOND = 1_000_000_000L;

    private final Rates rates = new Rates();

    @Test
    void areHitsBetweenTwoLooks() {
        look(5, 100);
        assertTrue(Double.isNaN(rates.latest("a")));
        look(7, 300);
        assertEquals(100, rates.latest("a"));
        look(8, 300);
        assertEquals(List.of(100.0, 0.0), rates.kept("a"));
    }

    @Test
    void beginAnewWithAnotherTracepointOfThatName() {
        look(1, 100);
        look(2, 200);
        look(3, 50);
        assertEquals(List.of(), rates.kept("a"));
        look(4, 60);
        assertEquals(List.of(10.0), rates.kept("a"));
    }

    @Test
    void areForgottenWithTheirTracepoint() {
        look(1, 100);
        look(2, 200);
        rates.add(3 * SECOND, List.of());
        assertTrue(Double.isNaN(rates.latest("a")));
    }

    @Test
    void areBounded() {
        for (int i = 0; i < 3 * Rates.KEPT; i++) {
            look(i, i);
        }
        assertEquals(Rates.KEPT, rates.kept("a").size());
    }

    private void look(long second, long hits) {
        rates.add(
                second * SECOND,
                List.of(new TracepointInfo(
                        "a", "f", false, "count", List.of(), 0, hits, 0, 0, 1, 0, false, true, 0, 0)));
    }
}
