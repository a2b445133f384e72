package org.dyntrace.daemon.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a recording's directory says about itself; {@code jfr-bridge} reads it.
 *
 * @param name of the recording
 * @param uid who has asked for it
 * @param begin when it began
 * @param end when it was written
 * @param commands command lines of the JVMs, by pid
 * @param jfr their files, by pid
 * @param clock samples of the machine's clocks
 * @param notes what is not as asked
 */
record ManifestFile(
        String name,
        long uid,
        Instant begin,
        Instant end,
        Map<Integer, String> commands,
        Map<Integer, String> jfr,
        List<ClockLog.Sample> clock,
        List<String> notes) {
    private static final String NAME = "dyntrace-recording.json";
    private static final int FORMAT = 1;

    void write(Path directory) throws IOException {
        try (OutputStream file = Files.newOutputStream(directory.resolve(NAME));
                JsonGenerator out = new JsonFactory().createGenerator(file)) {
            out.useDefaultPrettyPrinter();
            out.writeStartObject();
            out.writeNumberField("format", FORMAT);
            out.writeStringField("name", name);
            out.writeNumberField("uid", uid);
            out.writeNumberField("started", nanos(begin));
            out.writeNumberField("stopped", nanos(end));
            out.writeArrayFieldStart("processes");
            for (Map.Entry<Integer, String> process : commands.entrySet()) {
                process(out, process.getKey(), process.getValue());
            }
            out.writeEndArray();
            out.writeArrayFieldStart("lttng");
            out.writeString("lttng");
            out.writeEndArray();
            out.writeArrayFieldStart("clock");
            for (ClockLog.Sample sample : clock) {
                out.writeStartObject();
                out.writeNumberField("monotonic", sample.monotonic());
                out.writeNumberField("realtime", sample.realtime());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeArrayFieldStart("notes");
            for (String note : notes) {
                out.writeString(note);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
    }

    private void process(JsonGenerator out, int pid, String command) throws IOException {
        out.writeStartObject();
        out.writeNumberField("pid", pid);
        String program = command.split(" ", 2)[0];
        out.writeStringField("name", program.substring(program.lastIndexOf('/') + 1));
        out.writeStringField("command", command);
        out.writeArrayFieldStart("jfr");
        if (jfr.containsKey(pid)) {
            out.writeString(jfr.get(pid));
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
}
