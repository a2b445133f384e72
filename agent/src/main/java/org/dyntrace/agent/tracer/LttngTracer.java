package org.dyntrace.agent.tracer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** LTTng events; almost nothing while nobody records. */
public final class LttngTracer extends Tracer {
    private static int users;

    private final String tracepoint;
    private final LttngLibrary library;
    private final long tracer;
    private final long hitState;
    private final long entryState;
    private final long exitState;
    private final NativeSites sites = new NativeSites(null);
    private final List<Place> places = new ArrayList<>();
    private long listeners;
    private int told;

    private record Place(long address, String symbol, String module) {}

    /**
     * Emits.
     *
     * @param tracepoint its name
     * @param file the provider library
     */
    public LttngTracer(String tracepoint, Path file) {
        this.tracepoint = tracepoint;
        synchronized (LttngTracer.class) {
            this.library = LttngLibrary.load(file);
            users++;
        }
        this.tracer = library.tracer();
        this.hitState = library.state(Event.HIT);
        this.entryState = library.state(Event.ENTRY);
        this.exitState = library.state(Event.EXIT);
    }

    @Override
    public void place(int site, long address, String symbol, String module) {
        sites.make(site, address, "");
        synchronized (places) {
            places.add(new Place(address, symbol, module));
        }
    }

    @Override
    public boolean hit(int site) {
        return DyntraceHits.readInt(hitState) == 0 || Event.HIT.trace(tracer, sites.of(site));
    }

    @Override
    public boolean enter(int site) {
        return DyntraceHits.readInt(entryState) == 0 || Event.ENTRY.trace(tracer, sites.of(site));
    }

    @Override
    public boolean exit(int site) {
        return DyntraceHits.readInt(exitState) == 0 || Event.EXIT.trace(tracer, sites.of(site));
    }

    /** Tells the places to a recording that has started, and new places to all. */
    @Override
    public void watchRecordings() {
        long now = DyntraceHits.readLong(library.probes());
        List<Place> news;
        synchronized (places) {
            int from = now == listeners ? told : 0;
            news = List.copyOf(places.subList(from, places.size()));
            told = places.size();
        }
        listeners = now;
        if (now != 0) {
            news.forEach(place -> library.info(tracepoint, place.symbol(), place.module(), place.address()));
        }
    }

    @Override
    public void close() {
        sites.free();
        synchronized (LttngTracer.class) {
            if (--users == 0) {
                LttngLibrary.unload();
            }
        }
    }
}
