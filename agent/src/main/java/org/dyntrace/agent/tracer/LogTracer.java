package org.dyntrace.agent.tracer;

import org.dyntrace.agent.natives.Natives;

/** A line a hit, in the same words as for native functions. */
public final class LogTracer extends Tracer {
    private static final long LOG = Natives.logTracer();

    private final String tracepoint;
    private final LogFile file;
    private final NativeSites sites;

    /**
     * Logs.
     *
     * @param tracepoint its name
     * @param file where to; null for the program's stdout
     */
    public LogTracer(String tracepoint, LogFile file) {
        this.tracepoint = tracepoint;
        this.file = file;
        this.sites = new NativeSites(file);
    }

    @Override
    public void place(int site, long address, String symbol, String module) {
        sites.make(site, address, tracepoint + " 0x" + Long.toHexString(address) + " " + symbol + "@" + module);
    }

    @Override
    public boolean hit(int site) {
        return Event.HIT.trace(LOG, sites.of(site));
    }

    @Override
    public boolean enter(int site) {
        return Event.ENTRY.trace(LOG, sites.of(site));
    }

    @Override
    public boolean exit(int site) {
        return Event.EXIT.trace(LOG, sites.of(site));
    }

    @Override
    public void close() {
        sites.free();
        if (file != null) {
            file.close();
        }
    }
}
