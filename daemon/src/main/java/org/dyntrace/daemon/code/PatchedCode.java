package org.dyntrace.daemon.code;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What is patched in a process already, or is going to be. Addresses are those of the process. */
public final class PatchedCode {
    private final NavigableMap<Long, Window> windows = new TreeMap<>();
    private final Map<Long, SitePlan> plans = new HashMap<>();

    /** Adds what a plan replaces. */
    public void add(SitePlan plan) {
        plans.put(plan.patchAddress(), plan);
        plan.windows().forEach(window -> windows.put(window.start(), window));
    }

    /** {@return the plan by which the code at this address is patched} */
    Optional<SitePlan> at(long patchAddress) {
        return Optional.ofNullable(plans.get(patchAddress));
    }

    /** {@return the windows that begin or end in this range, or around it, by address} */
    Collection<Window> in(long start, long end) {
        // None is longer, so none that begins earlier reaches here.
        return windows.subMap(start - Codec.WINDOW_MAX, true, end, false).values().stream()
                .filter(window -> window.end() > start)
                .toList();
    }
}
