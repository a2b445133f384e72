package org.dyntrace.jfrbridge.timeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.dyntrace.jfrbridge.calls.Call;
import org.dyntrace.jfrbridge.calls.Calls;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.EventType;
import org.dyntrace.jfrbridge.event.EventType.Kind;
import org.dyntrace.jfrbridge.event.EventType.Origin;
import org.dyntrace.jfrbridge.event.Place;
import org.dyntrace.jfrbridge.event.Source;
import org.openjdk.jmc.flightrecorder.writer.api.Recordings;
import org.openjdk.jmc.flightrecorder.writer.api.Type;
import org.openjdk.jmc.flightrecorder.writer.api.TypeStructureBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.TypedFieldBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.TypedValueBuilder;
import org.openjdk.jmc.flightrecorder.writer.api.Types;

/**
 * A recording of JFR with what LTTng recorded, by JMC's writer: an event for each, at its own time. Names and fields are those that the Java agent
 * gives its own ({@code dyntrace.TracepointHit}, {@code dyntrace.FunctionCall}), so that pages and rules fit both. Entries and exits
 * are events each, and each pair is a {@code dyntrace.FunctionCall} besides.
 *
 * <p>The writer holds all in memory: the file is a row of recordings, as JFR allows, each of bounded size.
 */
final class JfrFormat {
    private static final int EVENTS = 100_000;
    private static final int METADATA_OFFSET = 24;
    private static final EventType CALL = new EventType(Origin.JFR, "dyntrace.FunctionCall", List.of("address"));
    private static final String CATEGORY = "Dyntrace";

    private final OutputStream out;
    private final Recording recording;
    private final List<Call> ended = new ArrayList<>();
    private final Calls calls = new Calls(ended::add, place -> {}, place -> {});
    private final Map<EventType, String> names = new HashMap<>();
    private org.openjdk.jmc.flightrecorder.writer.api.Recording chunk;
    private final Map<String, Type> types = new HashMap<>();
    private final Map<Integer, Consumer<TypedValueBuilder>> threads = new HashMap<>();
    private final Map<String, EventType> known = new LinkedHashMap<>();
    private final List<Event> waiting = new ArrayList<>();
    private Type memoryAddress;
    private Type timespan;
    private boolean empty = true;
    private int chunks;

    JfrFormat(OutputStream out, Recording recording) {
        this.out = out;
        this.recording = recording;
    }

    void write(Source events) throws IOException {
        for (Event event = events.next(); event != null; event = events.next()) {
            if (event.type().origin() == Origin.LTTNG) {
                waiting.add(event);
                calls.next(event);
                if (waiting.size() + ended.size() >= EVENTS) {
                    writeChunk();
                }
            }
        }
        calls.finish();
        if (!waiting.isEmpty() || !ended.isEmpty() || empty) {
            writeChunk();
        }
        out.flush();
    }

    /** Times are told in ticks of a ns since 1970. */
    private void writeChunk() throws IOException {
        long now = System.currentTimeMillis() * 1_000_000;
        long begin = waiting.isEmpty()
                ? (ended.isEmpty() ? now : ended.get(0).begin())
                : waiting.get(0).time();
        long end = waiting.isEmpty() ? begin : waiting.get(waiting.size() - 1).time();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (org.openjdk.jmc.flightrecorder.writer.api.Recording open = Recordings.newRecording(
                bytes,
                s -> s.withTimestamp(begin)
                        .withStartTicks(begin)
                        .withDuration(Math.max(1, end - begin))
                        .withJdkTypeInitialization())) {
            chunk = open;
            memoryAddress = chunk.registerAnnotationType("jdk.jfr.MemoryAddress");
            timespan = chunk.getType(Types.JDK.ANNOTATION_TIMESPAN);
            types.clear();
            threads.clear();
            // In the same order each time, so that they have the same numbers: jfr's summary believes that.
            for (Map.Entry<String, EventType> known : known.entrySet()) {
                types.put(known.getKey(), register(known.getValue(), known.getKey()));
            }
            waiting.forEach(this::write);
            ended.forEach(this::write);
        }
        out.write(numbered(bytes.toByteArray(), chunks++));
        waiting.clear();
        ended.clear();
        empty = false;
    }

    private void write(Event event) {
        Kind kind = event.type().kind();
        String name = name(event.type());
        Type type = types.computeIfAbsent(name, n -> {
            known.put(n, event.type());
            return register(event.type(), n);
        });
        Place place = event.place();
        chunk.writeEvent(type.asValue(v -> {
            v.putField("startTime", event.time());
            v.putField("eventThread", thread(event.tid()));
            v.putField("pid", (long) event.pid());
            if (kind == Kind.OTHER) {
                v.putField("values", values(event));
            } else {
                put(v, place);
            }
        }));
    }

    private void write(Call call) {
        Type type = types.computeIfAbsent(CALL.name(), n -> {
            known.put(n, CALL);
            return register(CALL, n);
        });
        chunk.writeEvent(type.asValue(v -> {
            v.putField("startTime", call.begin());
            v.putField("duration", call.duration());
            v.putField("eventThread", thread(call.tid()));
            v.putField("pid", (long) call.pid());
            put(v, call.place());
        }));
    }

    private static void put(TypedValueBuilder value, Place place) {
        value.putField("tracepoint", place.tracepoint());
        value.putField("symbol", place.symbol());
        value.putField("module", place.module());
        value.putField("address", place.address());
    }

    private String values(Event event) {
        StringBuilder text = new StringBuilder();
        for (String field : event.type().fields()) {
            text.append(text.length() == 0 ? "" : ", ")
                    .append(field)
                    .append('=')
                    .append(event.value(field));
        }
        return text.toString();
    }

    private String name(EventType type) {
        return names.computeIfAbsent(type, t -> switch (t.kind()) {
            case HIT -> "dyntrace.TracepointHit";
            case ENTRY -> "dyntrace.FunctionEntry";
            case EXIT -> "dyntrace.FunctionExit";
            case INFO -> "dyntrace.TracepointInfo";
            case CALL -> t.name();
            default -> "lttng." + t.name().replaceAll("[^A-Za-z0-9_]+", ".");
        });
    }

    private Type register(EventType type, String name) {
        // Not by registerEventType, which puts a stack trace before the time; the JDK reads time and duration first.
        return chunk.registerType(name, "jdk.jfr.Event", t -> {
            switch (type.kind()) {
                case HIT -> described(t, "Tracepoint Hit", "A thread came to a tracepoint");
                case ENTRY ->
                    described(t, "Function Entry", "A thread entered a function with an entry/exit tracepoint");
                case EXIT -> described(t, "Function Exit", "A thread left a function with an entry/exit tracepoint");
                case INFO -> described(t, "Tracepoint Info", "Where a tracepoint is");
                case CALL -> described(t, "Function Call", "A call of a function, from its entry to its exit");
                default -> described(t, type.name(), "An event of LTTng");
            }
            t.addField(
                    "startTime",
                    Types.Builtin.LONG,
                    f -> f.addAnnotation(chunk.getType(Types.JDK.ANNOTATION_TIMESTAMP), "TICKS"));
            if (type.kind() == Kind.CALL) {
                t.addField("duration", Types.Builtin.LONG, f -> f.addAnnotation(timespan, "TICKS"));
            }
            t.addField("eventThread", Types.JDK.THREAD, f -> labelled(f, "Event Thread"));
            t.addField("pid", Types.Builtin.LONG, f -> labelled(f, "Process"));
            if (type.kind() == Kind.OTHER) {
                t.addField("values", Types.Builtin.STRING, f -> labelled(f, "Values"));
            } else {
                places(t);
            }
        });
    }

    private void described(TypeStructureBuilder type, String label, String description) {
        type.addAnnotation(chunk.getType(Types.JDK.ANNOTATION_LABEL), label);
        type.addAnnotation(chunk.getType(Types.JDK.ANNOTATION_DESCRIPTION), description);
        type.addAnnotation(
                chunk.getType(Types.JDK.ANNOTATION_CATEGORY), v -> v.putField("value", new String[] {CATEGORY}));
    }

    private void places(TypeStructureBuilder type) {
        type.addField("tracepoint", Types.Builtin.STRING, f -> labelled(f, "Tracepoint"));
        type.addField("symbol", Types.Builtin.STRING, f -> labelled(f, "Symbol"));
        type.addField("module", Types.Builtin.STRING, f -> labelled(f, "Module"));
        type.addField("address", Types.Builtin.LONG, f -> {
            labelled(f, "Address");
            f.addAnnotation(memoryAddress);
        });
    }

    private void labelled(TypedFieldBuilder field, String label) {
        field.addAnnotation(chunk.getType(Types.JDK.ANNOTATION_LABEL), label);
    }

    private Consumer<TypedValueBuilder> thread(int tid) {
        return threads.computeIfAbsent(tid, id -> {
            String name = recording.threads().getOrDefault(id, id < 0 ? "unknown" : "thread " + id);
            return v -> v.putField("osName", name)
                    .putField("osThreadId", (long) id)
                    .putField("javaName", name)
                    .putField("javaThreadId", (long) id);
        });
    }

    /**
     * Gives a recording's metadata a number of its own (the JFR format's metadata id; the writer always says 0): the JDK takes chunks with
     * the same number for those of one run of a JVM, and keeps strings of the one for the next.
     */
    private static byte[] numbered(byte[] recording, int number) {
        ByteBuffer head = ByteBuffer.wrap(recording);
        int at = (int) head.getLong(METADATA_OFFSET);
        // Size, type, start and duration come before it, each a number of 7 bits a byte, of 9 bytes at most.
        for (int i = 0; i < 4; i++) {
            int begin = at;
            while (recording[at] < 0 && at - begin < 8) {
                at++;
            }
            at++;
        }
        recording[at] = (byte) (1 + number % 100);
        return recording;
    }
}
