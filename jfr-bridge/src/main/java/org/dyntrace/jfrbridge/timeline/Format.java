package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import org.dyntrace.jfrbridge.event.Source;

/** The forms in which a timeline can be written. */
public enum Format {
    /** A line an event, for people. */
    TEXT {
        @Override
        void write(Source events, Recording recording, OutputStream out) throws IOException {
            new TextFormat(out).write(events);
        }
    },
    /** A JSON object an event, each on its line. */
    JSON {
        @Override
        void write(Source events, Recording recording, OutputStream out) throws IOException {
            new JsonFormat(out).write(events);
        }
    },
    /** Comma-separated values (RFC 4180), with a line of headings. */
    CSV {
        @Override
        void write(Source events, Recording recording, OutputStream out) throws IOException {
            new CsvFormat(out).write(events);
        }
    },
    /** For ui.perfetto.dev. */
    PERFETTO {
        @Override
        void write(Source events, Recording recording, OutputStream out) throws IOException {
            new PerfettoFormat(out, recording).write(events);
        }
    },
    /** A recording of JFR with what LTTng recorded. */
    JFR {
        @Override
        void write(Source events, Recording recording, OutputStream out) throws IOException {
            new JfrFormat(out, recording).write(events);
        }
    },
    /** A page by itself, with a timeline to zoom into. */
    HTML {
        @Override
        void write(Source events, Recording recording, OutputStream out) throws IOException {
            new HtmlFormat(recording).write(events, out);
        }
    };

    abstract void write(Source events, Recording recording, OutputStream out) throws IOException;

    /**
     * Writes a timeline.
     *
     * @param recording what to read
     * @param selection which part of it
     * @param out where to; flushed, not closed
     * @throws IOException when it can't be written, or files can't be read
     */
    public void write(Recording recording, Selection selection, OutputStream out) throws IOException {
        try (Source events = selection.of(recording.events())) {
            write(events, recording, out);
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
