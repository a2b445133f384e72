package org.dyntrace.agent.tracer;

/** What happens at the hits of one tracepoint. */
public abstract class Tracer extends DyntraceSink {
    /**
     * A new place, told before any thread can hit it.
     *
     * @param site its index
     * @param address its stable address
     * @param symbol its method
     * @param module its module
     */
    public abstract void place(int site, long address, String symbol, String module);

    /** Called while somebody may have begun to record: tells recordings what the addresses stand for. */
    public void watchRecordings() {}

    /** The tracepoint is gone, and no thread is inside this. */
    public void close() {}
}
