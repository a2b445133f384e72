package org.dyntrace.agent.tracer;

/** A tracer, and JFR events as well. */
public final class BothTracers extends Tracer {
    private final int number;
    private final Tracer first;
    private final JfrTracer jfr;

    /**
     * Both.
     *
     * @param number of the tracepoint
     * @param first the tracer that was asked for
     * @param jfr the other
     */
    public BothTracers(int number, Tracer first, JfrTracer jfr) {
        this.number = number;
        this.first = first;
        this.jfr = jfr;
    }

    @Override
    public void place(int site, long address, String symbol, String module) {
        first.place(site, address, symbol, module);
        jfr.place(site, address, symbol, module);
    }

    @Override
    public boolean hit(int site) {
        boolean recorded = first.hit(site);
        return jfr.hit(site) && recorded;
    }

    @Override
    public boolean enter(int site) {
        return first.enter(site);
    }

    @Override
    public boolean exit(int site) {
        return first.exit(site);
    }

    @Override
    public Object begin(int site) {
        if (!first.enter(site)) {
            DyntraceHits.lost(number);
        }
        return jfr.begin(site);
    }

    @Override
    public void end(int site, Object token) {
        jfr.end(site, token);
        if (!first.exit(site)) {
            DyntraceHits.lost(number);
        }
    }

    @Override
    public void watchRecordings() {
        first.watchRecordings();
    }

    @Override
    public void close() {
        first.close();
        jfr.close();
    }
}
