package org.dyntrace.jmc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.dyntrace.mbeans.SymbolInfo;
import org.junit.jupiter.api.Test;

class SymbolPagesTest {
    private static final SymbolInfo ONE = new SymbolInfo("f", "f", "m", 1, 1);

    @Test
    void goOnUntilAShortOne() {
        SymbolPages pages = new SymbolPages();
        assertFalse(pages.hasMore());
        pages.add(Collections.nCopies(SymbolPages.PAGE, ONE));
        assertTrue(pages.hasMore());
        assertEquals(SymbolPages.PAGE, pages.next());
        pages.add(List.of());
        assertFalse(pages.hasMore());
        assertEquals(SymbolPages.PAGE, pages.shown().size());
        pages.clear();
        assertEquals(0, pages.next());
    }

    @Test
    void showThoseAroundWhereTheUserIs() {
        SymbolPages pages = new SymbolPages();
        int count = SymbolPages.SHOWN + SymbolPages.PAGE + 1;
        for (int i = 0; i < count; i += SymbolPages.PAGE) {
            pages.add(IntStream.range(i, Math.min(count, i + SymbolPages.PAGE))
                    .mapToObj(each -> new SymbolInfo("f" + each, "f" + each, "m", each, 1))
                    .toList());
        }
        assertShown(pages, SymbolPages.PAGE + 1);
        assertFalse(pages.hasLater());
        pages.earlier();
        assertShown(pages, 1);
        assertTrue(pages.hasEarlier() && pages.hasLater());
        pages.earlier();
        assertShown(pages, 0);
        assertFalse(pages.hasEarlier());
        pages.later();
        assertShown(pages, SymbolPages.PAGE);
        pages.later();
        assertShown(pages, SymbolPages.PAGE + 1);
        assertFalse(pages.hasLater() || pages.hasMore());
        assertEquals(count, pages.next());
    }

    private static void assertShown(SymbolPages pages, int from) {
        assertEquals(SymbolPages.SHOWN, pages.shown().size());
        assertEquals("f" + from, pages.shown().get(0).getName());
        assertEquals(
                "f" + (from + SymbolPages.SHOWN - 1),
                pages.shown().get(SymbolPages.SHOWN - 1).getName());
    }
}
