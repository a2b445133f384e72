package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.EventType;
import org.dyntrace.jfrbridge.event.EventType.Kind;
import org.dyntrace.jfrbridge.event.EventType.Origin;
import org.dyntrace.jfrbridge.event.Source;
import org.dyntrace.jfrbridge.event.Values;

/**
 * A trace for ui.perfetto.dev: its protobuf format (protos/perfetto/trace), in which each event is a packet with a track event. Threads are
 * tracks; entries and exits are slices on them; what JFR has of a thread goes onto a track below, one for each kind of event, since JFR's
 * events nest only among their kind.
 */
final class PerfettoFormat {
    private static final int BEGIN = 1;
    private static final int END = 2;
    private static final int INSTANT = 3;
    private static final int SEQUENCE = 1;
    private static final int CLEARED = 1;
    private static final int NEEDED = 2;
    /** Names that are numbered; beyond, each event has its own. */
    private static final int MAX_NAMES = 100_000;

    private final OutputStream out;
    private final Recording recording;
    private final Protobuf packet = new Protobuf();
    private final Protobuf message = new Protobuf();
    private final Protobuf event = new Protobuf();
    private final Protobuf part = new Protobuf();
    private final Map<String, Long> names = new HashMap<>();
    private final Map<String, Long> annotations = new HashMap<>();
    private final Map<Object, Long> tracks = new HashMap<>();
    private long nextTrack = 1;
    private Protobuf interned;
    private boolean begun;

    /** A thread of a process. */
    private record ThreadId(int pid, int tid) {}

    /** JFR's events of one kind of a thread. */
    private record Below(ThreadId thread, String type) {}

    PerfettoFormat(OutputStream out, Recording recording) {
        this.out = out;
        this.recording = recording;
    }

    void write(Source events) throws IOException {
        for (Event next = events.next(); next != null; next = events.next()) {
            write(next);
        }
        out.flush();
    }

    private void write(Event next) throws IOException {
        interned = null;
        long track = track(next);
        EventType type = next.type();
        String name = next.place() == null || next.place().symbol().isEmpty()
                ? type.name()
                : next.place().words();
        if (type.kind() == Kind.EXIT) {
            event.clear().number(9, END).number(11, track);
            packet(next.time());
            return;
        }
        boolean slice = type.kind() == Kind.ENTRY || next.duration() > 0;
        event.clear().number(9, slice ? BEGIN : INSTANT).number(11, track);
        named(event, name);
        event.text(22, type.origin() == Origin.LTTNG ? "lttng" : "jfr");
        annotate(next);
        packet(next.time());
        if (next.duration() > 0) {
            event.clear().number(9, END).number(11, track);
            packet(next.time() + next.duration());
        }
    }

    private void named(Protobuf to, String name) {
        Long number = names.get(name);
        if (number == null && names.size() < MAX_NAMES) {
            number = (long) names.size() + 1;
            names.put(name, number);
            intern(2, number, name);
        }
        if (number == null) {
            to.text(23, name);
        } else {
            to.number(10, number);
        }
    }

    private void intern(int field, long number, String name) {
        interned = interned == null ? new Protobuf() : interned;
        interned.message(field, part.clear().number(1, number).text(2, name));
    }

    private void annotate(Event next) {
        byte[] bytes = next.bytes();
        int at = next.from();
        List<String> fields = next.type().fields();
        for (int i = 0; i < fields.size() && at < bytes.length; i++) {
            long number = annotations.computeIfAbsent(fields.get(i), k -> -1L);
            if (number < 0) {
                number = annotations.size();
                annotations.put(fields.get(i), number);
                intern(3, number, fields.get(i));
            }
            part.clear().number(1, number);
            switch (bytes[at]) {
                case Values.SIGNED -> part.number(4, Values.int64(bytes, at + 1));
                case Values.UNSIGNED -> part.number(3, Values.int64(bytes, at + 1));
                case Values.HEX -> part.number(7, Values.int64(bytes, at + 1));
                case Values.BOOL -> part.number(2, bytes[at + 1]);
                default -> part.text(6, String.valueOf(Values.unpack(bytes, at)));
            }
            event.message(4, part);
            at = Values.next(bytes, at);
        }
    }

    private void packet(long time) throws IOException {
        packet.clear().number(8, time).number(10, SEQUENCE);
        if (interned != null) {
            packet.message(12, interned);
            interned = null;
        }
        packet.number(13, begun ? NEEDED : CLEARED | NEEDED);
        packet.message(11, event);
        begun = true;
        send();
    }

    private void send() throws IOException {
        message.clear().message(1, packet).writeTo(out);
    }

    private long track(Event next) throws IOException {
        ThreadId thread = new ThreadId(next.pid(), next.tid());
        long above = thread(thread);
        return next.type().origin() == Origin.JFR
                ? below(new Below(thread, next.type().name()), above)
                : above;
    }

    private long thread(ThreadId thread) throws IOException {
        Long known = tracks.get(thread);
        if (known != null) {
            return known;
        }
        long process = process(thread.pid);
        long uuid = nextTrack++;
        tracks.put(thread, uuid);
        if (thread.tid < 0) {
            descriptor(part.clear().number(1, uuid).number(5, process).text(2, "no thread"));
        } else {
            Protobuf inner = new Protobuf().number(1, Math.max(thread.pid, 0)).number(2, thread.tid);
            String name = recording.threads().get(thread.tid);
            if (name != null) {
                inner.text(5, name);
            }
            descriptor(part.clear().number(1, uuid).number(5, process).message(4, inner));
        }
        return uuid;
    }

    private long process(int pid) throws IOException {
        Long known = tracks.get(pid);
        if (known != null) {
            return known;
        }
        long uuid = nextTrack++;
        tracks.put(pid, uuid);
        Protobuf inner = new Protobuf().number(1, Math.max(pid, 0));
        String name = recording.processes().get(pid);
        if (name != null) {
            inner.text(6, name);
        }
        descriptor(part.clear().number(1, uuid).message(3, inner));
        return uuid;
    }

    private long below(Below below, long above) throws IOException {
        Long known = tracks.get(below);
        if (known != null) {
            return known;
        }
        long uuid = nextTrack++;
        tracks.put(below, uuid);
        descriptor(part.clear().number(1, uuid).number(5, above).text(2, below.type));
        return uuid;
    }

    private void descriptor(Protobuf descriptor) throws IOException {
        packet.clear().number(10, SEQUENCE).message(60, descriptor);
        send();
    }
}
