package org.dyntrace.jfrbridge.jfr;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Sorts events by when they began; JFR has them in the order in which threads gave their buffers away. What does not fit a bounded part of
 * memory waits in files, each sorted, which are merged.
 */
final class SortedEvents implements AutoCloseable {
    private static final int ROOM = 24 << 20;
    private static final int OVERHEAD = 96;
    private static final int BUFFER = 1 << 15;

    /** An event that waits. */
    record Waiting(long time, long duration, int tid, int type, byte[] values) {}

    private final List<Waiting> held = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private long room = ROOM;

    void add(Waiting event) throws IOException {
        held.add(event);
        room -= event.values.length + OVERHEAD;
        if (room < 0) {
            spill();
        }
    }

    private void sort() {
        held.sort(Comparator.comparingLong(Waiting::time));
    }

    private void spill() throws IOException {
        sort();
        Path file = Files.createTempFile("dyntrace-events-", ".tmp");
        files.add(file);
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER))) {
            for (Waiting event : held) {
                out.writeLong(event.time);
                out.writeLong(event.duration);
                out.writeInt(event.tid);
                out.writeInt(event.type);
                out.writeInt(event.values.length);
                out.write(event.values);
            }
        }
        held.clear();
        room = ROOM;
    }

    /** No event comes any more. */
    void finish() throws IOException {
        sort();
        for (Path file : files) {
            runs.add(new Stored(file));
        }
        runs.add(new Held());
    }

    /** {@return the next one in the order of time, or null} */
    Waiting next() throws IOException {
        Run first = null;
        for (Run run : runs) {
            if (run.head != null && (first == null || run.head.time < first.head.time)) {
                first = run;
            }
        }
        if (first == null) {
            return null;
        }
        Waiting event = first.head;
        first.advance();
        return event;
    }

    @Override
    public void close() {
        for (Run run : runs) {
            run.close();
        }
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // It is in the directory for temporary files, which the system empties.
                continue;
            }
        }
    }

    /** Events in order. */
    private abstract static class Run {
        Waiting head;

        abstract void advance() throws IOException;

        void close() {}
    }

    /** The last ones, which never left memory. */
    private final class Held extends Run {
        private int at;

        Held() {
            advance();
        }

        @Override
        void advance() {
            head = at < held.size() ? held.set(at++, null) : null;
        }
    }

    /** Those in a file. */
    private static final class Stored extends Run {
        private final DataInputStream in;

        Stored(Path file) throws IOException {
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
            advance();
        }

        @Override
        void advance() throws IOException {
            try {
                long time = in.readLong();
                long duration = in.readLong();
                int tid = in.readInt();
                int type = in.readInt();
                byte[] values = new byte[in.readInt()];
                in.readFully(values);
                head = new Waiting(time, duration, tid, type, values);
            } catch (EOFException e) {
                head = null;
            }
        }

        @Override
        void close() {
            try {
                in.close();
            } catch (IOException e) {
                head = null;
            }
        }
    }
}
