package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.Place;
import org.dyntrace.jfrbridge.event.Source;
import org.dyntrace.jfrbridge.event.Values;

/** A line an event: time, process and thread, processor, event, tracepoint and function, values. */
final class TextFormat {
    private static final String STACK = "stackTrace";
    /** By which place a tracepoint has. */
    private static final Set<String> TOLD = Set.of("address", "tracepoint", "name", "symbol", "module");

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
            out.duration(event.duration());
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

    /** What is not there, and what stands in the line already, is left out; where a thread was comes last. */
    private void values(Event event) throws IOException {
        byte[] bytes = event.bytes();
        List<String> fields = event.type().fields();
        boolean placed = event.place() != null && !event.place().symbol().isEmpty();
        int stack = -1;
        int at = event.from();
        for (int i = 0; i < fields.size() && at < bytes.length; i++) {
            String field = fields.get(i);
            if (field.equals(STACK) && bytes[at] == Values.ARRAY) {
                stack = at;
            } else if (bytes[at] != Values.NOTHING && !(placed && TOLD.contains(field))) {
                out.put(' ');
                out.utf8(field);
                out.put('=');
                out.value(bytes, at, false);
            }
            at = Values.next(bytes, at);
        }
        if (stack >= 0) {
            out.frames(bytes, stack);
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
