package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.EventType.Kind;
import org.dyntrace.jfrbridge.event.Place;
import org.dyntrace.jfrbridge.event.Source;

/**
 * Tells events where their tracepoints are, as {@code tracepoint_info} says. When a recording begins, hits may come before that: a few are held
 * back until their name comes, or it is clear that none will.
 */
final class Naming implements Source {
    /** So many events, or ns, at most. */
    private static final int MAX_HELD = 50_000;

    private static final long MAX_WAIT = 2_000_000_000L;

    private final Source events;
    private final Map<Key, Place> places = new HashMap<>();
    private final Set<Key> nameless = new HashSet<>();
    private final Queue<Event> held = new ArrayDeque<>();
    private long waitingSince;
    private Key awaited;
    private Key last;
    private Place lastPlace;

    private record Key(int pid, long address) {}

    Naming(Source events) {
        this.events = events;
    }

    @Override
    public Event next() throws IOException {
        if (!held.isEmpty() && awaited == null) {
            return placed(held.remove());
        }
        Event event = events.next();
        if (event == null) {
            awaited = null;
            return held.isEmpty() ? null : placed(held.remove());
        }
        learn(event);
        if (awaited == null && !waits(event)) {
            return placed(event);
        }
        held.add(event);
        while (awaited != null && !arrived(event)) {
            event = events.next();
            if (event == null) {
                awaited = null;
            } else {
                learn(event);
                held.add(event);
            }
        }
        return placed(held.remove());
    }

    private boolean waits(Event event) {
        Kind kind = event.type().kind();
        if (kind == Kind.OTHER || kind == Kind.INFO || isSelfContained(event)) {
            return false;
        }
        Key key = key(event);
        if (places.containsKey(key) || nameless.contains(key)) {
            return false;
        }
        awaited = key;
        waitingSince = event.time();
        return true;
    }

    private boolean arrived(Event event) {
        if (!places.containsKey(awaited)) {
            if (held.size() < MAX_HELD && event.time() - waitingSince < MAX_WAIT) {
                return false;
            }
            nameless.add(awaited);
        }
        awaited = null;
        return true;
    }

    private void learn(Event event) {
        if (event.type().kind() == Kind.INFO) {
            Place place = new Place(event.text("name"), event.text("symbol"), event.text("module"), event.address());
            places.put(new Key(event.pid(), place.address()), place);
            last = null;
            event.place(place);
        }
    }

    /** JFR's events say themselves where they are. */
    private static boolean isSelfContained(Event event) {
        return event.type().fields().contains("symbol");
    }

    private Key key(Event event) {
        long address = event.address();
        if (last == null || last.address != address || last.pid != event.pid()) {
            last = new Key(event.pid(), address);
            lastPlace = null;
        }
        return last;
    }

    private Event placed(Event event) {
        Kind kind = event.type().kind();
        if (kind == Kind.OTHER || event.place() != null) {
            return event;
        }
        Key key = key(event);
        if (isSelfContained(event)) {
            Place known = places.get(key);
            event.place(new Place(
                    event.text("tracepoint"), event.text("symbol"), known == null ? "" : known.module(), key.address));
            return event;
        }
        if (lastPlace == null) {
            lastPlace = places.computeIfAbsent(key, k -> new Place("", "", "", k.address));
        }
        event.place(lastPlace);
        return event;
    }

    @Override
    public void close() {
        events.close();
    }
}
