package org.dyntrace.jfrbridge.ctf;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.EventType;
import org.dyntrace.jfrbridge.event.Findings;
import org.dyntrace.jfrbridge.event.Source;
import org.dyntrace.jfrbridge.event.Values;

/** The events of one run of {@code dyntrace-ctf}: unpacks the records that {@code natives/src/main/c/ctf/ctf.h} describes. */
final class Records implements Source {
    private static final int CLASS = 1;
    private static final int STREAM = 2;
    private static final int EVENT = 3;
    private static final int LOSS = 4;
    private static final int DAMAGE = 5;

    private final Reading reading;
    private final TraceClock clock;
    private final Findings findings;
    private final String what;
    private final List<EventType> types = new ArrayList<>();
    private final Map<Integer, Stream> streams = new HashMap<>();
    private byte[] block = new byte[0];
    private int at;
    private long events;
    private long skip;
    private boolean told;

    /** A stream: where it is, and what came from there. */
    private static final class Stream {
        final String name;
        long events;
        long lost;
        long lostFrom;
        long lostTo;
        boolean lostUnknown;
        long timeless;

        Stream(String name) {
            this.name = name;
        }
    }

    /**
     * Events.
     *
     * @param what for people: the trace's or the stream's path
     * @param skip so many events at the beginning were read before
     */
    Records(Reading reading, String what, TraceClock clock, Findings findings, long skip) {
        this.reading = reading;
        this.what = what;
        this.clock = clock;
        this.findings = findings;
        this.skip = skip;
    }

    @Override
    public Event next() throws IOException {
        for (; ; ) {
            if (at >= block.length) {
                block = reading.next();
                at = 0;
                if (block == null) {
                    block = new byte[0];
                    if (!told) {
                        told = true;
                        streams.values().forEach(this::tellLosses);
                    }
                    return null;
                }
            }
            int record = at;
            at += Values.int32(block, record);
            int kind = Values.int32(block, record + 4);
            if (kind == EVENT) {
                Event event = event(record);
                if (event != null) {
                    return event;
                }
            } else {
                other(kind, record + 8);
            }
        }
    }

    private Event event(int record) {
        long time = Values.int64(block, record + 8);
        Stream stream = streams.get(Values.int32(block, record + 32));
        events++;
        if (stream != null) {
            stream.events++;
        }
        if (skip > 0) {
            skip--;
            return null;
        }
        if (time == Long.MIN_VALUE) {
            if (stream != null) {
                stream.timeless++;
            }
            return null;
        }
        return new Event(
                types.get(Values.int32(block, record + 16)),
                time,
                0,
                Values.int32(block, record + 20),
                Values.int32(block, record + 24),
                Values.int32(block, record + 28),
                block,
                record + 36);
    }

    private void other(int kind, int from) {
        switch (kind) {
            case CLASS -> {
                String name = Values.text(block, from + 4);
                int next = from + 8 + Values.int32(block, from + 4);
                List<String> fields = new ArrayList<>();
                int count = Values.int32(block, next);
                next += 4;
                for (int i = 0; i < count; i++) {
                    fields.add(Values.text(block, next));
                    next += 4 + Values.int32(block, next);
                }
                types.add(new EventType(EventType.Origin.LTTNG, name, fields));
            }
            case STREAM -> {
                int name = from + 20 + Values.int32(block, from + 16);
                streams.put(Values.int32(block, from), new Stream(Values.text(block, name)));
                clock.offset(Values.int64(block, from + 8));
            }
            case LOSS -> loss(from);
            case DAMAGE -> {
                long count = Values.int64(block, from + 8);
                findings.add(what + ": a stream can't be read to its end: " + Values.text(block, from + 20) + "; "
                        + (count == 0
                                ? "none of its events is here."
                                : count + " of its events are here, up to " + words(Values.int64(block, from)) + "."));
            }
            default -> throw new IllegalStateException("record of kind " + kind);
        }
    }

    private void loss(int from) {
        Stream stream = streams.get(Values.int32(block, from + 24));
        if (stream == null) {
            return;
        }
        long count = Values.int64(block, from + 16);
        stream.lostFrom = stream.lost == 0 && !stream.lostUnknown ? Values.int64(block, from) : stream.lostFrom;
        stream.lostTo = Values.int64(block, from + 8);
        stream.lost += Math.max(count, 0);
        stream.lostUnknown |= count < 0;
    }

    private void tellLosses(Stream stream) {
        if (stream.lost > 0 || stream.lostUnknown) {
            findings.add(stream.name + ": LTTng had no room for "
                    + (stream.lostUnknown ? (stream.lost > 0 ? "more than " + stream.lost : "some") : stream.lost)
                    + " events between " + words(stream.lostFrom) + " and " + words(stream.lostTo)
                    + "; record with larger buffers (lttng enable-channel --subbuf-size, --num-subbuf).");
        }
        if (stream.timeless > 0) {
            findings.add(
                    stream.name + ": " + stream.timeless + " events whose time is missing, or can't be, are left out.");
        }
    }

    static String words(long time) {
        return time == Long.MIN_VALUE
                ? "an unknown time"
                : Instant.ofEpochSecond(Math.floorDiv(time, 1_000_000_000L), Math.floorMod(time, 1_000_000_000L))
                        .toString();
    }

    /** {@return how many events were read} */
    long events() {
        return events;
    }

    /** {@return the events that were read of each stream, by its path} */
    Map<String, Long> perStream() {
        Map<String, Long> counts = new HashMap<>();
        streams.values().forEach(stream -> counts.put(stream.name, stream.events));
        return counts;
    }

    /** {@return why the reader ended early; empty if it did not} */
    String fault() {
        return reading.fault();
    }

    @Override
    public void close() {
        reading.close();
    }
}
