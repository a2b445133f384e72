package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.openjdk.jmc.flightrecorder.writer.api.Annotation;
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
    private static final String CATEGORY = "Dyntrace";

    private final OutputStream out;
    private final Recording recording;
    private final List<Call> ended = new ArrayList<>();
    private final Calls calls = new Calls(ended::add, place -> {}, place -> {});
    private final Map<EventType, String> names = new HashMap<>();
    private org.openjdk.jmc.flightrecorder.writer.api.Recording chunk;
    private final Map<String, Type> types = new HashMap<>();
    private final Map<Integer, Consumer<TypedValueBuilder>> threads = new HashMap<>();
    private long start;
    private int written;

    JfrFormat(OutputStream out, Recording recording) {
        this.out = out;
        this.recording = recording;
    }

    void write(Source events) throws IOException {
        for (Event event = events.next(); event != null; event = events.next()) {
            if (event.type().origin() == Origin.LTTNG) {
                begin(event.time());
                write(event);
                calls.next(event);
                for (Call call : ended) {
                    write(call);
                }
                ended.clear();
                if (written >= EVENTS) {
                    end();
                }
            }
        }
        if (written == 0) {
            begin(System.currentTimeMillis() * 1_000_000);
        }
        end();
        out.flush();
    }

    /** Times are told in ticks since the beginning, at a ns each; a call may have begun before. */
    private void begin(long time) {
        if (chunk != null) {
            return;
        }
        start = time;
        // A stream of its own for each: the writer closes it.
        chunk = Recordings.newRecording(
                new Unclosed(out), s -> s.withTimestamp(time).withStartTicks(time).withJdkTypeInitialization());
        types.clear();
        threads.clear();
    }

    private void end() throws IOException {
        if (chunk != null) {
            chunk.close();
            chunk = null;
            written = 0;
        }
    }

    private void write(Event event) {
        Kind kind = event.type().kind();
        String name = name(event.type());
        Type type = types.computeIfAbsent(name, n -> register(event.type(), n));
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
        written++;
    }

    private void write(Call call) {
        Type type = types.computeIfAbsent(
                "dyntrace.FunctionCall",
                n -> chunk.registerEventType(n, t -> {
                    described(t, "Function Call", "A call of a function, from its entry to its exit");
                    t.addField("duration", Types.Builtin.LONG, f -> annotate(f, Types.JDK.ANNOTATION_TIMESPAN, "TICKS"));
                    places(t);
                }));
        chunk.writeEvent(type.asValue(v -> {
            v.putField("startTime", call.begin());
            v.putField("duration", call.duration());
            v.putField("eventThread", thread(call.tid()));
            v.putField("pid", (long) call.pid());
            put(v, call.place());
        }));
        written++;
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
            text.append(text.length() == 0 ? "" : ", ").append(field).append('=').append(event.value(field));
        }
        return text.toString();
    }

    private String name(EventType type) {
        return names.computeIfAbsent(type, t -> switch (t.kind()) {
            case HIT -> "dyntrace.TracepointHit";
            case ENTRY -> "dyntrace.FunctionEntry";
            case EXIT -> "dyntrace.FunctionExit";
            case INFO -> "dyntrace.TracepointInfo";
            default -> "lttng." + t.name().replaceAll("[^A-Za-z0-9_]+", ".");
        });
    }

    private Type register(EventType type, String name) {
        return chunk.registerEventType(name, t -> {
            switch (type.kind()) {
                case HIT -> described(t, "Tracepoint Hit", "A thread came to a tracepoint");
                case ENTRY -> described(t, "Function Entry", "A thread entered a function with an entry/exit tracepoint");
                case EXIT -> described(t, "Function Exit", "A thread left a function with an entry/exit tracepoint");
                case INFO -> described(t, "Tracepoint Info", "Where a tracepoint is");
                default -> described(t, type.name(), "An event of LTTng");
            }
            if (type.kind() == Kind.OTHER) {
                t.addField("pid", Types.Builtin.LONG, f -> labelled(f, "Process"));
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
        type.addField("pid", Types.Builtin.LONG, f -> labelled(f, "Process"));
        type.addField("tracepoint", Types.Builtin.STRING, f -> labelled(f, "Tracepoint"));
        type.addField("symbol", Types.Builtin.STRING, f -> labelled(f, "Symbol"));
        type.addField("module", Types.Builtin.STRING, f -> labelled(f, "Module"));
        Type memoryAddress = chunk.registerAnnotationType("jdk.jfr.MemoryAddress");
        type.addField("address", Types.Builtin.LONG, f -> {
            labelled(f, "Address");
            f.addAnnotation(new Annotation(memoryAddress).getType());
        });
    }

    private void labelled(TypedFieldBuilder field, String label) {
        field.addAnnotation(chunk.getType(Types.JDK.ANNOTATION_LABEL), label);
    }

    private void annotate(TypedFieldBuilder field, Types.JDK annotation, String value) {
        field.addAnnotation(chunk.getType(annotation), value);
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

    /** Passes on all but the end. */
    private static final class Unclosed extends OutputStream {
        private final OutputStream out;

        Unclosed(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
