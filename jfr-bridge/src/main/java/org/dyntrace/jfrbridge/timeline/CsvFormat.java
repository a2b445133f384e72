package org.dyntrace.jfrbridge.timeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.Place;
import org.dyntrace.jfrbridge.event.Source;

/** Comma-separated values; an event's own values are in the last column, as name=value. */
final class CsvFormat {
    private static final String HEADINGS = "time,duration_ns,pid,tid,cpu,event,tracepoint,symbol,module,values\r\n";

    private final ByteText out;
    private final ByteArrayOutputStream column = new ByteArrayOutputStream();
    private final ByteText values = new ByteText(column);

    CsvFormat(OutputStream out) {
        this.out = new ByteText(out);
    }

    void write(Source events) throws IOException {
        out.ascii(HEADINGS);
        for (Event event = events.next(); event != null; event = events.next()) {
            row(event);
        }
        out.flush();
    }

    private void row(Event event) throws IOException {
        out.instant(event.time());
        out.put(',');
        if (event.duration() > 0) {
            out.number(event.duration());
        }
        number(event.pid());
        number(event.tid());
        number(event.cpu());
        out.put(',');
        cell(event.type().name());
        Place place = event.place();
        for (String text :
                place == null ? List.of("", "", "") : List.of(place.tracepoint(), place.symbol(), place.module())) {
            out.put(',');
            cell(TextFormat.printable(text));
        }
        out.put(',');
        column.reset();
        byte[] bytes = event.bytes();
        int at = event.from();
        List<String> fields = event.type().fields();
        for (int i = 0; i < fields.size() && at < bytes.length; i++) {
            values.utf8(i > 0 ? " " + fields.get(i) + "=" : fields.get(i) + "=");
            at = values.value(bytes, at, false);
        }
        values.flush();
        cell(column.toString(StandardCharsets.UTF_8));
        out.ascii("\r\n");
    }

    private void number(int value) throws IOException {
        out.put(',');
        if (value >= 0) {
            out.number(value);
        }
    }

    private void cell(String text) throws IOException {
        if (text.indexOf(',') < 0 && text.indexOf('"') < 0) {
            out.utf8(text);
        } else {
            out.utf8("\"" + text.replace("\"", "\"\"") + "\"");
        }
    }
}
