package org.dyntrace.jmc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
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
        assertEquals(SymbolPages.PAGE, pages.found().size());
        pages.clear();
        assertEquals(0, pages.next());
    }
}
