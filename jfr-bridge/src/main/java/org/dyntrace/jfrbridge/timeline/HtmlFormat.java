package org.dyntrace.jfrbridge.timeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dyntrace.jfrbridge.calls.Call;
import org.dyntrace.jfrbridge.calls.Calls;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.EventType.Kind;
import org.dyntrace.jfrbridge.event.EventType.Origin;
import org.dyntrace.jfrbridge.event.Place;
import org.dyntrace.jfrbridge.event.Source;

/** A page by itself: {@code timeline.html} with the marks as arrays of numbers in it. */
final class HtmlFormat {
    private static final String MARK = "/*DATA*/";

    private final Recording recording;
    private final Marks marks = new Marks();
    private final Map<Object, Integer> tracks = new HashMap<>();
    private final List<String> trackNames = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private long begin = Long.MIN_VALUE;
    private long end;
    private long events;

    HtmlFormat(Recording recording) {
        this.recording = recording;
    }

    void write(Source source, OutputStream out) throws IOException {
        Calls calls = new Calls(this::call, place -> {}, place -> {});
        for (Event event = source.next(); event != null; event = source.next()) {
            if (begin == Long.MIN_VALUE) {
                begin = event.time();
            }
            events++;
            end = Math.max(end, event.time() + event.duration());
            Kind kind = event.type().kind();
            calls.next(event);
            if (event.type().origin() == Origin.JFR) {
                mark(event, "JFR");
            } else if ((kind != Kind.ENTRY && kind != Kind.EXIT) || event.tid() < 0) {
                mark(event, "");
            }
        }
        calls.finish();
        page(out);
    }

    private void call(Call call) {
        if (call.place().isJava() && call.tid() < 0) {
            return;
        }
        marks.add(call.begin() - begin, call.duration(), track(call.pid(), call.tid(), ""), name(words(call.place())));
    }

    private void mark(Event event, String kind) {
        Place place = event.place();
        String what = place == null || event.type().kind() == Kind.INFO
                ? event.type().name() + (place == null ? "" : " " + words(place))
                : words(place) + (kind.isEmpty() ? "" : " (" + kind + ")");
        marks.add(event.time() - begin, event.duration(), track(event.pid(), event.tid(), kind), name(what));
    }

    private static String words(Place place) {
        return place.tracepoint().isEmpty() ? place.words() : place.tracepoint() + ": " + place.words();
    }

    private int track(int pid, int tid, String kind) {
        return tracks.computeIfAbsent(List.of(pid, tid, kind), k -> {
            String process =
                    pid < 0 ? "process ?" : pid + " " + recording.processes().getOrDefault(pid, "");
            String thread =
                    tid < 0 ? "no thread" : tid + " " + recording.threads().getOrDefault(tid, "");
            trackNames.add(process.strip() + " / " + thread.strip() + (kind.isEmpty() ? "" : " · " + kind));
            return trackNames.size() - 1;
        });
    }

    private int name(String name) {
        return numbers.computeIfAbsent(name, n -> {
            names.add(n);
            return names.size() - 1;
        });
    }

    private void page(OutputStream out) throws IOException {
        String page;
        try (InputStream in = HtmlFormat.class.getResourceAsStream("timeline.html")) {
            page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        int at = page.indexOf(MARK);
        out.write(page.substring(0, at).getBytes(StandardCharsets.UTF_8));
        data(out);
        out.write(page.substring(at + MARK.length()).getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void data(OutputStream out) throws IOException {
        ByteText text = new ByteText(out);
        text.ascii("const DATA={begin:\"");
        text.instant(Math.max(begin, 0));
        text.ascii("\",length:");
        text.number(Math.max(1, end - begin));
        text.ascii(",events:");
        text.number(events);
        text.ascii(",span:");
        text.number(marks.span());
        list(text, "tracks", trackNames);
        list(text, "names", names);
        List<String> notes = new ArrayList<>(recording.findings().all());
        list(text, "notes", notes);
        text.ascii(",t:\"");
        array(text, 8, i -> Double.doubleToRawLongBits((double) marks.begin(i)));
        text.ascii("\",d:\"");
        array(text, 8, i -> Double.doubleToRawLongBits((double) marks.duration(i)));
        text.ascii("\",c:\"");
        array(text, 4, marks::count);
        text.ascii("\",k:\"");
        array(text, 4, marks::track);
        text.ascii("\",n:\"");
        array(text, 4, marks::name);
        text.ascii("\"};");
        text.flush();
    }

    private static void list(ByteText text, String name, List<String> values) throws IOException {
        text.ascii("," + name + ":[");
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                text.put(',');
            }
            // No end of the script from other people's names.
            ByteArrayOutputStream quoted = new ByteArrayOutputStream();
            ByteText one = new ByteText(quoted);
            one.quoted(values.get(i));
            one.flush();
            text.utf8(quoted.toString(StandardCharsets.UTF_8).replace("<", "\\u003c"));
        }
        text.put(']');
    }

    private void array(ByteText text, int width, Numbers numbers) throws IOException {
        int step = 3 * 4096;
        for (int from = 0; from < marks.size(); from += step) {
            int to = Math.min(marks.size(), from + step);
            ByteBuffer bytes = ByteBuffer.allocate((to - from) * width).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = from; i < to; i++) {
                if (width == 8) {
                    bytes.putLong(numbers.at(i));
                } else {
                    bytes.putInt((int) numbers.at(i));
                }
            }
            text.bytes(Base64.getEncoder().encode(bytes.array()));
        }
    }

    /** A column. */
    private interface Numbers {
        long at(int i);
    }
}
