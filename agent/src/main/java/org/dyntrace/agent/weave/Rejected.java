package org.dyntrace.agent.weave;

import java.util.ArrayList;
import java.util.List;

/** The classes that could not be had with a tracepoint in them: they are not tried again. Any thread may use it. */
final class Rejected {
    private record Entry(int tracepoint, int loaderHash, String dottedName) {}

    private final List<Entry> entries = new ArrayList<>();

    private static Entry entry(Weaving weaving, ClassLoader loader, String dottedName) {
        return new Entry(weaving.number(), System.identityHashCode(loader), dottedName);
    }

    synchronized boolean contains(Weaving weaving, ClassLoader loader, String dottedName) {
        return !entries.isEmpty() && entries.contains(entry(weaving, loader, dottedName));
    }

    /** Rejects a class, and says so to the tracepoint's sites in it. */
    void add(Weaving weaving, ClassLoader loader, String dottedName, Throwable problem) {
        synchronized (this) {
            if (!entries.contains(entry(weaving, loader, dottedName))) {
                entries.add(entry(weaving, loader, dottedName));
            }
        }
        weaving.sites().rejected(loader, dottedName, MethodRefusal.rejected(problem));
    }

    synchronized void forget(int tracepoint) {
        entries.removeIf(entry -> entry.tracepoint() == tracepoint);
    }
}
