package org.dyntrace.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dyntrace.mbeans.AppliedInfo;
import org.dyntrace.mbeans.DifferenceInfo;
import org.dyntrace.mbeans.KeptSetInfo;
import org.dyntrace.mbeans.LedgerInfo;
import org.dyntrace.mbeans.NotComparedInfo;
import org.dyntrace.mbeans.PlanInfo;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.RecordedJvmInfo;
import org.dyntrace.mbeans.RecordingInfo;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.SymbolInfo;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.VerifyInfo;

/**
 * A listing as one JSON array, one object a line. The fields are named as the attributes of the MXBeans; addresses are texts in
 * hex, since JSON numbers can't hold all of them.
 */
final class Json implements AutoCloseable {
    private final Stdout out;
    private final JsonGenerator json;
    private String separator = "[\n";

    Json(Stdout out) {
        this.out = out;
        try {
            json = new JsonFactory()
                    .createGenerator(out)
                    .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                    .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
                    .setRootValueSeparator(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void process(ProcessInfo process) {
        object(() -> {
            json.writeNumberField("pid", process.getPid());
            json.writeStringField("name", process.getName());
            json.writeStringField("kind", process.getKind());
            json.writeNumberField("uid", process.getUid());
            json.writeStringField("owner", process.getOwner());
            json.writeStringField("command", process.getCommand());
            json.writeNumberField("startTime", process.getStartTime());
            json.writeNumberField("tracepoints", process.getTracepoints());
        });
    }

    void applied(AppliedInfo process) {
        object(() -> {
            json.writeNumberField("pid", process.getPid());
            json.writeStringField("name", process.getName());
            texts("placed", process.getPlaced());
            texts("present", process.getPresent());
        });
    }

    private void texts(String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    void set(KeptSetInfo set) {
        object(() -> {
            json.writeStringField("name", set.getName());
            json.writeNumberField("uid", set.getUid());
            json.writeStringField("text", set.getText());
        });
    }

    void recording(RecordingInfo recording) {
        object(() -> {
            json.writeStringField("name", recording.getName());
            json.writeStringField("directory", recording.getDirectory());
            json.writeNumberField("uid", recording.getUid());
            json.writeNumberField("started", recording.getStarted());
            json.writeBooleanField("ended", recording.isEnded());
            json.writeBooleanField("flightRecorder", recording.isFlightRecorder());
            json.writeNumberField("limit", recording.getLimit());
            json.writeNumberField("diskUse", recording.getDiskUse());
            json.writeNumberField("traceDiskUse", recording.getTraceDiskUse());
            json.writeArrayFieldStart("jvms");
            for (RecordedJvmInfo jvm : recording.getJvms()) {
                json.writeStartObject();
                json.writeNumberField("pid", jvm.getPid());
                json.writeBooleanField("recording", jvm.isRecording());
                json.writeNumberField("diskUse", jvm.getDiskUse());
                json.writeEndObject();
            }
            json.writeEndArray();
            texts("notes", recording.getNotes());
        });
    }

    void symbol(SymbolInfo symbol) {
        object(() -> {
            json.writeStringField("name", symbol.getName());
            json.writeStringField("linkName", symbol.getLinkName());
            json.writeStringField("module", symbol.getModule());
            json.writeStringField("address", Hex.of(symbol.getAddress()));
            json.writeNumberField("size", symbol.getSize());
        });
    }

    void plan(PlanInfo plan) {
        object(() -> {
            json.writeStringField("name", plan.getName());
            json.writeStringField("module", plan.getModule());
            json.writeStringField("address", Hex.of(plan.getAddress()));
            json.writeStringField("state", plan.getState());
            json.writeNumberField("replacedBytes", plan.getReplacedBytes());
            json.writeNumberField("movedInstructions", plan.getMovedInstructions());
            json.writeNumberField("memoryBytes", plan.getMemoryBytes());
            json.writeStringField("reason", plan.getReason());
        });
    }

    void ledger(LedgerInfo ledger) {
        object(() -> {
            json.writeStringField("module", ledger.getModule());
            json.writeNumberField("functions", ledger.getFunctions());
            json.writeNumberField("possible", ledger.getPossible());
            json.writeObjectFieldStart("refused");
            for (Map.Entry<String, Integer> refused : new TreeMap<>(ledger.getRefused()).entrySet()) {
                json.writeNumberField(refused.getKey(), refused.getValue());
            }
            json.writeEndObject();
        });
    }

    void tracepoint(TracepointInfo tracepoint, List<SiteInfo> sites) {
        object(() -> {
            json.writeStringField("name", tracepoint.getName());
            json.writeStringField("location", tracepoint.getLocation());
            json.writeBooleanField("entryExit", tracepoint.isEntryExit());
            json.writeStringField("tracer", tracepoint.getTracer());
            texts("arguments", tracepoint.getArguments());
            json.writeNumberField("uid", tracepoint.getUid());
            json.writeBooleanField("enabled", tracepoint.isEnabled());
            json.writeNumberField("hits", tracepoint.getHits());
            json.writeNumberField("exits", tracepoint.getExits());
            json.writeNumberField("lost", tracepoint.getLost());
            json.writeNumberField("lastHit", tracepoint.getLastHit());
            json.writeNumberField("lastHitPrecision", tracepoint.getLastHitPrecision());
            json.writeArrayFieldStart("sites");
            for (SiteInfo site : sites) {
                json.writeStartObject();
                json.writeStringField("address", Hex.of(site.getAddress()));
                json.writeStringField("symbol", site.getSymbol());
                json.writeStringField("module", site.getModule());
                json.writeStringField("state", site.getState());
                json.writeStringField("reason", site.getReason());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** One look of {@code dyntrace watch}, on a line of its own. */
    static void look(Stdout out, Instant time, long pid, List<HitRates.Rated> tracepoints) {
        Json look = new Json(out);
        look.separator = "";
        look.object(() -> look.fields(time, pid, tracepoints));
        out.line("");
        out.flush();
    }

    private void fields(Instant time, long pid, List<HitRates.Rated> tracepoints) throws IOException {
        json.writeStringField("time", time.toString());
        json.writeNumberField("pid", pid);
        json.writeArrayFieldStart("tracepoints");
        for (HitRates.Rated each : tracepoints) {
            json.writeStartObject();
            json.writeStringField("name", each.info().getName());
            json.writeBooleanField("enabled", each.info().isEnabled());
            json.writeNumberField("hits", each.info().getHits());
            json.writeNumberField("exits", each.info().getExits());
            json.writeNumberField("lost", each.info().getLost());
            if (each.rate().isPresent()) {
                json.writeNumberField("rate", each.rate().getAsDouble());
            } else {
                json.writeNullField("rate");
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** The one object of a report, not an array. */
    static void verify(Stdout out, VerifyInfo info) {
        Json report = new Json(out);
        report.separator = "";
        report.object(() -> report.fields(info));
        out.line("");
        out.flush();
    }

    private void fields(VerifyInfo info) throws IOException {
        json.writeNumberField("pid", info.getPid());
        json.writeStringField("name", info.getName());
        json.writeStringField("kind", info.getKind());
        json.writeNumberField("modules", info.getModules());
        json.writeNumberField("codeBytes", info.getCodeBytes());
        json.writeNumberField("untouchedBytes", info.getUntouchedBytes());
        json.writeNumberField("trampolineBytes", info.getTrampolineBytes());
        json.writeNumberField("dyntraceCount", info.getDyntraceCount());
        json.writeNumberField("foreignCount", info.getForeignCount());
        json.writeArrayFieldStart("differences");
        for (DifferenceInfo difference : info.getDifferences()) {
            json.writeStartObject();
            json.writeStringField("address", Hex.of(difference.getAddress()));
            json.writeStringField("module", difference.getModule());
            json.writeStringField("symbol", difference.getSymbol());
            json.writeNumberField("length", difference.getLength());
            json.writeStringField("inFile", difference.getInFile());
            json.writeStringField("inMemory", difference.getInMemory());
            json.writeStringField("owner", difference.getOwner());
            json.writeArrayFieldStart("tracepoints");
            for (String tracepoint : difference.getTracepoints()) {
                json.writeString(tracepoint);
            }
            json.writeEndArray();
            json.writeStringField("note", difference.getNote());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("notCompared");
        for (NotComparedInfo part : info.getNotCompared()) {
            json.writeStartObject();
            json.writeStringField("what", part.getWhat());
            json.writeNumberField("bytes", part.getBytes());
            json.writeStringField("reason", part.getReason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void object(Fields fields) {
        try {
            out.write(separator);
            separator = ",\n";
            json.writeStartObject();
            fields.write();
            json.writeEndObject();
            json.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the array. */
    @Override
    public void close() {
        out.write(separator.equals("[\n") ? "[]\n" : "\n]\n");
        out.flush();
    }

    /** What an object holds. */
    private interface Fields {
        void write() throws IOException;
    }
}
