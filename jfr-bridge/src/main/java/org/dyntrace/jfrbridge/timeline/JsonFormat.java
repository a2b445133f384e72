package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.Place;
import org.dyntrace.jfrbridge.event.Source;

/**
 * A JSON object an event, each on its line: time (ns since 1970), duration (ns), pid, tid, cpu where they are known, event, tracepoint, symbol,
 * module, and values, in which numbers that are shown in hex are texts.
 */
final class JsonFormat {
    private final ByteText out;

    JsonFormat(OutputStream out) {
        this.out = new ByteText(out);
    }

    void write(Source events) throws IOException {
        for (Event event = events.next(); event != null; event = events.next()) {
            object(event);
        }
        out.flush();
    }

    private void object(Event event) throws IOException {
        out.ascii("{\"time\":");
        out.number(event.time());
        if (event.duration() > 0) {
            number("duration", event.duration());
        }
        if (event.pid() >= 0) {
            number("pid", event.pid());
        }
        if (event.tid() >= 0) {
            number("tid", event.tid());
        }
        if (event.cpu() >= 0) {
            number("cpu", event.cpu());
        }
        text("event", event.type().name());
        Place place = event.place();
        if (place != null) {
            text("tracepoint", place.tracepoint());
            text("symbol", place.symbol());
            text("module", place.module());
        }
        out.ascii(",\"values\":{");
        byte[] bytes = event.bytes();
        int at = event.from();
        List<String> fields = event.type().fields();
        for (int i = 0; i < fields.size() && at < bytes.length; i++) {
            if (i > 0) {
                out.put(',');
            }
            out.quoted(fields.get(i));
            out.put(':');
            at = out.value(bytes, at, true);
        }
        out.ascii("}}\n");
    }

    private void number(String name, long value) throws IOException {
        out.put(',');
        out.quoted(name);
        out.put(':');
        out.number(value);
    }

    private void text(String name, String value) throws IOException {
        if (!value.isEmpty()) {
            out.put(',');
            out.quoted(name);
            out.put(':');
            out.quoted(value);
        }
    }
}
