package org.dyntrace.agent.tracer;

import java.util.Arrays;
import jdk.jfr.FlightRecorder;

/** JFR events: an instant one for a hit, one with a duration for a call. Nothing while nobody records. */
public final class JfrTracer extends Tracer {
    /** One object, by which it is found again to be taken away. */
    private static final Runnable CLOCK = ClockSample::emit;

    private static int users;

    private final String tracepoint;
    private volatile Place[] places = new Place[8];

    private record Place(String symbol, long address) {}

    /**
     * Emits.
     *
     * @param tracepoint its name
     */
    public JfrTracer(String tracepoint) {
        this.tracepoint = tracepoint;
        synchronized (JfrTracer.class) {
            if (users++ == 0) {
                FlightRecorder.register(TracepointHit.class);
                FlightRecorder.register(FunctionCall.class);
                FlightRecorder.register(ClockSample.class);
                FlightRecorder.addPeriodicEvent(ClockSample.class, CLOCK);
            }
        }
    }

    @Override
    public synchronized void place(int site, long address, String symbol, String module) {
        Place[] more = places;
        if (site >= more.length) {
            more = Arrays.copyOf(more, Math.max(site + 1, 2 * more.length));
        }
        more[site] = new Place(symbol, address);
        places = more;
    }

    @Override
    public boolean hit(int site) {
        TracepointHit event = new TracepointHit();
        if (event.isEnabled()) {
            Place place = places[site];
            event.tracepoint = tracepoint;
            event.symbol = place.symbol;
            event.address = place.address;
            event.commit();
        }
        return true;
    }

    @Override
    public Object begin(int site) {
        FunctionCall event = new FunctionCall();
        if (!event.isEnabled()) {
            return null;
        }
        event.begin();
        return event;
    }

    @Override
    public void end(int site, Object token) {
        if (token instanceof FunctionCall event) {
            event.end();
            Place place = places[site];
            event.tracepoint = tracepoint;
            event.symbol = place.symbol;
            event.address = place.address;
            event.commit();
        }
    }

    /** Not called: entry/exit with JFR is woven with a token. */
    @Override
    public boolean enter(int site) {
        return true;
    }

    @Override
    public boolean exit(int site) {
        return true;
    }

    @Override
    public void close() {
        synchronized (JfrTracer.class) {
            if (--users == 0) {
                FlightRecorder.unregister(TracepointHit.class);
                FlightRecorder.unregister(FunctionCall.class);
                FlightRecorder.removePeriodicEvent(CLOCK);
                FlightRecorder.unregister(ClockSample.class);
            }
        }
    }
}
