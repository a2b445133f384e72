package org.dyntrace.jfrbridge.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmc.flightrecorder.writer.api.Recording;
import org.openjdk.jmc.flightrecorder.writer.api.Recordings;
import org.openjdk.jmc.flightrecorder.writer.api.Type;
import org.openjdk.jmc.flightrecorder.writer.api.Types;

/** A recording of JFR with the times that a test wants: nobody can be told to be slow, or to be hit in a pause, to the ns. */
final class MadeRecording implements AutoCloseable {
    private static final long BEGIN = 1_795_000_000_000_000_000L;

    private final Recording recording;
    private final Map<String, Type> types = new TreeMap<>();

    MadeRecording(Path file) throws IOException {
        recording = Recordings.newRecording(
                Files.newOutputStream(file),
                s -> s.withTimestamp(BEGIN)
                        .withStartTicks(BEGIN)
                        .withDuration(1)
                        .withJdkTypeInitialization());
    }

    private Type type(String name) {
        return types.computeIfAbsent(
                name,
                n -> recording.registerType(n, "jdk.jfr.Event", t -> {
                    t.addField(
                            "startTime",
                            Types.Builtin.LONG,
                            f -> f.addAnnotation(recording.getType(Types.JDK.ANNOTATION_TIMESTAMP), "TICKS"));
                    t.addField(
                            "duration",
                            Types.Builtin.LONG,
                            f -> f.addAnnotation(recording.getType(Types.JDK.ANNOTATION_TIMESPAN), "TICKS"));
                    t.addField("eventThread", Types.JDK.THREAD);
                    t.addField("tracepoint", Types.Builtin.STRING);
                    t.addField("symbol", Types.Builtin.STRING);
                }));
    }

    /** Adds an event of a tracepoint called "it", so many ns after the beginning. */
    void add(String type, long at, long duration) {
        recording.writeEvent(type(type).asValue(v -> {
            v.putField("startTime", BEGIN + at);
            v.putField("duration", duration);
            v.putField(
                    "eventThread",
                    t -> t.putField("osName", "main")
                            .putField("osThreadId", 7L)
                            .putField("javaName", "main")
                            .putField("javaThreadId", 7L));
            v.putField("tracepoint", "it");
            v.putField("symbol", "f");
        }));
    }

    @Override
    public void close() throws IOException {
        recording.close();
    }
}
