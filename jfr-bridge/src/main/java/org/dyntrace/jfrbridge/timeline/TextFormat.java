package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.Place;
import org.dyntrace.jfrbridge.event.Source;

/** A line an event: time, process and thread, processor, event, tracepoint and function, values. */
final class TextFormat {
    private final ByteText out;

    TextFormat(OutputStream out) {
        this.out = new ByteText(out);
    }

    void write(Source events) throws IOException {
        for (Event event = events.next(); event != null; event = events.next()) {
            line(event);
        }
        out.flush();
    }

    private void line(Event event) throws IOException {
        out.clock(event.time());
        out.put(' ');
        number(event.pid());
        out.put('/');
        number(event.tid());
        out.put(' ');
        if (event.cpu() >= 0) {
            out.ascii("cpu");
            out.number(event.cpu());
        } else {
            out.put('-');
        }
        out.put(' ');
        out.utf8(event.type().name());
        if (event.duration() > 0) {
            out.put(' ');
            out.number(event.duration());
            out.ascii(" ns");
        }
        Place place = event.place();
        if (place != null) {
            place(place);
        }
        values(event);
        out.put('\n');
    }

    private void place(Place place) throws IOException {
        if (!place.tracepoint().isEmpty()) {
            out.put(' ');
            out.utf8(printable(place.tracepoint()));
        }
        if (!place.symbol().isEmpty()) {
            out.put(' ');
            out.utf8(printable(place.words()));
        }
    }

    private void values(Event event) throws IOException {
        byte[] bytes = event.bytes();
        int at = event.from();
        List<String> fields = event.type().fields();
        for (int i = 0; i < fields.size() && at < bytes.length; i++) {
            out.put(' ');
            out.utf8(fields.get(i));
            out.put('=');
            at = out.value(bytes, at, false);
        }
    }

    private void number(int value) throws IOException {
        if (value >= 0) {
            out.number(value);
        } else {
            out.put('-');
        }
    }

    /** {@return it without control characters} */
    static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return text.replaceAll("\\p{Cntrl}", "?");
            }
        }
        return text;
    }
}
