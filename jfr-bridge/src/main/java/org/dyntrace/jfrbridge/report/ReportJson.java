package org.dyntrace.jfrbridge.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.dyntrace.jfrbridge.calls.CallTree;
import org.dyntrace.jfrbridge.calls.JniName;
import org.dyntrace.jfrbridge.clock.ClockError;
import org.dyntrace.jfrbridge.report.TracepointStatistics.SlowCall;
import org.dyntrace.jfrbridge.rules.Verdict;
import org.dyntrace.jfrbridge.timeline.Recording;

/** A report as one JSON object. Times are in ns since 1970, durations in ns. */
public final class ReportJson {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9};

    private final Report report;
    private final JsonGenerator out;

    private ReportJson(Report report, JsonGenerator out) {
        this.report = report;
        this.out = out;
    }

    /**
     * Writes a report.
     *
     * @param report of a recording
     * @param to not closed
     * @throws IOException when it can't be written
     */
    public static void write(Report report, Writer to) throws IOException {
        JsonGenerator out = new JsonFactory().createGenerator(to);
        out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        new ReportJson(report, out).write();
        out.writeRaw('\n');
        out.close();
    }

    private void write() throws IOException {
        out.writeStartObject();
        out.writeNumberField("events", report.events());
        out.writeNumberField("begin", report.events() == 0 ? 0 : report.begin());
        out.writeNumberField("length", report.length());
        out.writeArrayFieldStart("clocks");
        for (Recording.Clock clock : report.recording().clocks()) {
            clock(clock);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("tracepoints");
        for (TracepointStatistics its : report.tracepoints()) {
            tracepoint(its);
        }
        out.writeEndArray();
        out.writeNumberField("open", report.open());
        out.writeNumberField("withoutThread", report.threadless());
        out.writeArrayFieldStart("trees");
        for (Map.Entry<Integer, CallTree.Node> root : report.tree().roots().entrySet()) {
            out.writeStartObject();
            out.writeNumberField("pid", root.getKey());
            children(root.getValue());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("rules");
        for (Verdict verdict : report.verdicts()) {
            out.writeStartObject();
            out.writeStringField("rule", verdict.rule().id());
            out.writeNumberField("score", Math.round(verdict.score() * 10) / 10.0);
            out.writeStringField("summary", verdict.summary());
            out.writeStringField("explanation", verdict.explanation());
            out.writeStringField("solution", verdict.solution());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("findings");
        for (String finding : report.recording().findings().all()) {
            out.writeString(finding);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void clock(Recording.Clock clock) throws IOException {
        out.writeStartObject();
        out.writeStringField("file", clock.file().toString());
        out.writeStringField("method", clock.method());
        if (clock.error().isPresent()) {
            ClockError error = clock.error().get();
            out.writeStringField("compared", error.hits() ? "hits" : "samples");
            out.writeNumberField("pairs", error.pairs());
            out.writeNumberField("median", error.median());
            out.writeNumberField("p99", error.p99());
            out.writeNumberField("max", error.max());
        }
        out.writeEndObject();
    }

    private void tracepoint(TracepointStatistics its) throws IOException {
        out.writeStartObject();
        out.writeStringField("tracepoint", its.place().tracepoint());
        out.writeStringField("symbol", its.place().symbol());
        out.writeStringField("module", its.place().module());
        out.writeStringField("address", "0x" + Long.toHexString(its.place().address()));
        out.writeNumberField("pid", its.pid());
        out.writeNumberField("hits", its.hits());
        out.writeNumberField("entries", its.entries());
        out.writeNumberField("exits", its.exits());
        out.writeNumberField("exitsMissing", its.exitsMissing());
        out.writeNumberField("entriesMissing", its.entriesMissing());
        out.writeNumberField("duringGc", its.duringGc());
        out.writeNumberField("perSecond", its.times() / (Math.max(1, report.length()) / 1e9));
        out.writeNumberField("first", its.first());
        out.writeNumberField("last", its.last());
        if (its.durations() != null) {
            durations(its.durations());
        }
        out.writeArrayFieldStart("threads");
        for (Map.Entry<Integer, Long> thread : its.threads().entrySet()) {
            out.writeStartObject();
            out.writeNumberField("tid", thread.getKey());
            String name = report.recording().threads().get(thread.getKey());
            if (name != null) {
                out.writeStringField("name", name);
            }
            out.writeNumberField("times", thread.getValue());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("slowest");
        for (SlowCall call : its.slowest()) {
            out.writeStartObject();
            out.writeNumberField("begin", call.begin());
            out.writeNumberField("duration", call.duration());
            out.writeNumberField("tid", call.tid());
            out.writeNumberField("inner", call.inner());
            out.writeArrayFieldStart("coincided");
            for (String what : call.coincided()) {
                out.writeString(what);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void durations(Histogram durations) throws IOException {
        out.writeObjectFieldStart("durations");
        out.writeNumberField("calls", durations.getTotalCount());
        out.writeNumberField("min", durations.getMinValue());
        out.writeNumberField("max", durations.getMaxValue());
        out.writeNumberField("mean", Math.round(durations.getMean()));
        for (double percentile : PERCENTILES) {
            out.writeNumberField(
                    "p" + (percentile == Math.rint(percentile) ? "" + (int) percentile : "" + percentile),
                    durations.getValueAtPercentile(percentile));
        }
        out.writeArrayFieldStart("histogram");
        for (HistogramIterationValue value : durations.logarithmicBucketValues(64, 2)) {
            if (value.getCountAddedInThisIterationStep() > 0) {
                out.writeStartObject();
                out.writeNumberField("upTo", value.getValueIteratedTo());
                out.writeNumberField("calls", value.getCountAddedInThisIterationStep());
                out.writeEndObject();
            }
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void children(CallTree.Node node) throws IOException {
        out.writeArrayFieldStart("calls");
        for (CallTree.Node child : node.children()) {
            out.writeStartObject();
            out.writeStringField("symbol", child.place().words());
            out.writeBooleanField("java", child.place().isJava());
            String method = JniName.method(child.place().symbol()).orElse(null);
            if (method != null) {
                out.writeStringField("implements", method);
            }
            out.writeNumberField("times", child.calls());
            out.writeNumberField("duration", child.nanos());
            out.writeNumberField("below", child.below());
            children(child);
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
