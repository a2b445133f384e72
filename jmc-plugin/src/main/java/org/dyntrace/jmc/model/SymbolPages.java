package org.dyntrace.jmc.model;

import java.util.ArrayList;
import java.util.List;
import org.dyntrace.mbeans.SymbolInfo;

/**
 * The functions that a filter finds, as far as they were asked for: the daemon gives them in pages, and does not count them. Of many, those around where
 * the user is are shown, since a table takes 1 us for each row when it is closed, and more when rows go.
 */
public final class SymbolPages {
    /** So many functions a page has. */
    public static final int PAGE = 2000;

    /** So many functions are shown at the most. */
    public static final int SHOWN = 5 * PAGE;

    private final List<SymbolInfo> found = new ArrayList<>();
    private boolean more;
    private int from;

    /** Forgets what was found. */
    public void clear() {
        found.clear();
        more = false;
        from = 0;
    }

    /**
     * Takes the next page, and shows it as the last one.
     *
     * @param page as the daemon gave it for {@link #next} and {@link #PAGE}
     */
    public void add(List<SymbolInfo> page) {
        found.addAll(page);
        more = page.size() == PAGE;
        from = last();
    }

    /** {@return how many to skip for the next page} */
    public int next() {
        return found.size();
    }

    /** {@return whether there may be more than was asked for} */
    public boolean hasMore() {
        return more;
    }

    private int last() {
        return Math.max(0, found.size() - SHOWN);
    }

    /** {@return what is shown, by module and address} */
    public List<SymbolInfo> shown() {
        return List.copyOf(found.subList(from, Math.min(from + SHOWN, found.size())));
    }

    /** {@return whether there are some before those that are shown} */
    public boolean hasEarlier() {
        return from > 0;
    }

    /** {@return whether some after those that are shown were found already} */
    public boolean hasLater() {
        return from < last();
    }

    /** Goes a page back. */
    public void earlier() {
        from = Math.max(0, from - PAGE);
    }

    /** Goes a page on, among those that were found. */
    public void later() {
        from = Math.min(last(), from + PAGE);
    }
}
