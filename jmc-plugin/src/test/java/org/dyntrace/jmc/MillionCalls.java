package org.dyntrace.jmc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.openjdk.jmc.flightrecorder.writer.api.Recording;
import org.openjdk.jmc.flightrecorder.writer.api.Recordings;
import org.openjdk.jmc.flightrecorder.writer.api.Type;
import org.openjdk.jmc.flightrecorder.writer.api.Types;

/** A recording of a million calls, by JMC's writer. */
final class MillionCalls {
    static final int COUNT = 1_000_000;

    private static final int CHUNKS = 10;
    private static final int FUNCTIONS = 5;

    /** 2026-01-01, in ns since 1970. */
    private static final long BEGIN = 1_767_225_600_000_000_000L;

    /** Bounds of the page's buckets, and what is just below. */
    private static final long[] EDGES = {999, 1000, 1249, 1250, 1599, 1600, 999_999, 1_000_000, 7_999_999, 8_000_000};

    private static final double MICRO = 1000;
    private static final long GAP = 100;

    /** Not 0, which the writer takes for none. */
    private static final long FIRST_TICK = 1;

    /** Where a chunk's head says when it begins. */
    private static final int BEGIN_OFFSET = 32;

    private MillionCalls() {}

    /** Gets each call that is written. */
    interface Written {
        void call(String function, long begin, long nanos);
    }

    private record Call(String function, long begin, long nanos) {}

    /** The writer takes 10 us an event, so the same chunk is there several times, each begins when the one before has ended. */
    static void write(Path file, Written written) throws IOException {
        List<Call> calls = calls();
        byte[] chunk = chunk(calls);
        Call last = calls.get(calls.size() - 1);
        long length = last.begin + last.nanos + GAP;
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < CHUNKS; i++) {
                long begin = BEGIN + i * length;
                ByteBuffer.wrap(chunk).putLong(BEGIN_OFFSET, begin);
                out.write(chunk);
                calls.forEach(call -> written.call(call.function, begin + call.begin, call.nanos));
            }
        }
    }

    /** One after the other, as on a thread: JMC takes some for several that have no thread and overlap. */
    private static List<Call> calls() {
        Random random = new Random(7);
        List<Call> calls = new ArrayList<>();
        long begin = 0;
        for (int i = 0; i < COUNT / CHUNKS; i++) {
            long nanos = i % 10 == 0
                    ? EDGES[i / 10 % EDGES.length]
                    : Math.round(MICRO * (1 + i % FUNCTIONS) * Math.exp(random.nextGaussian()));
            calls.add(new Call("Million.f" + i % FUNCTIONS, begin, nanos));
            begin += nanos + GAP;
        }
        return calls;
    }

    /** In ticks of a ns since its beginning. */
    private static byte[] chunk(List<Call> calls) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Recording recording = Recordings.newRecording(
                bytes,
                settings -> settings.withTimestamp(BEGIN)
                        .withStartTicks(FIRST_TICK)
                        .withDuration(1_000_000_000)
                        .withJdkTypeInitialization())) {
            Type type = type(recording, "dyntrace.FunctionCall");
            for (Call call : calls) {
                recording.writeEvent(type.asValue(value -> {
                    value.putField("startTime", FIRST_TICK + call.begin);
                    value.putField("duration", call.nanos);
                    value.putField("tracepoint", "million");
                    value.putField("symbol", call.function);
                }));
            }
        }
        return bytes.toByteArray();
    }

    /** {@return a type of events that a tracepoint makes, whose times are ticks} */
    static Type type(Recording recording, String name) {
        return recording.registerType(name, "jdk.jfr.Event", type -> {
            type.addField(
                    "startTime",
                    Types.Builtin.LONG,
                    field -> field.addAnnotation(recording.getType(Types.JDK.ANNOTATION_TIMESTAMP), "TICKS"));
            type.addField(
                    "duration",
                    Types.Builtin.LONG,
                    field -> field.addAnnotation(recording.getType(Types.JDK.ANNOTATION_TIMESPAN), "TICKS"));
            type.addField("tracepoint", Types.Builtin.STRING);
            type.addField("symbol", Types.Builtin.STRING);
        });
    }
}
