package org.dyntrace.jmc.model;

import java.util.ArrayList;
import java.util.List;
import org.dyntrace.mbeans.SymbolInfo;

/** The functions that a filter finds, as far as they were asked for: the daemon gives them in pages, and does not count them. */
public final class SymbolPages {
    /** So many functions a page has. */
    public static final int PAGE = 2000;

    private final List<SymbolInfo> found = new ArrayList<>();
    private boolean more;

    /** Forgets what was found. */
    public void clear() {
        found.clear();
        more = false;
    }

    /**
     * Takes the next page.
     *
     * @param page as the daemon gave it for {@link #next} and {@link #PAGE}
     */
    public void add(List<SymbolInfo> page) {
        found.addAll(page);
        more = page.size() == PAGE;
    }

    /** {@return how many to skip for the next page} */
    public int next() {
        return found.size();
    }

    /** {@return whether there may be more than was asked for} */
    public boolean hasMore() {
        return more;
    }

    /** {@return what was found so far, by module and address} */
    public List<SymbolInfo> found() {
        return List.copyOf(found);
    }
}
