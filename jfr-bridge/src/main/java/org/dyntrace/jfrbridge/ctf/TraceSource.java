package org.dyntrace.jfrbridge.ctf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.Findings;
import org.dyntrace.jfrbridge.event.Merge;
import org.dyntrace.jfrbridge.event.Source;

/**
 * One trace of LTTng. What is damaged is left out, and told in the findings: first as the files' packets show it, then, where libbabeltrace2
 * still gives up on the whole, stream by stream.
 */
public final class TraceSource implements Source {
    private final Path directory;
    private final Findings findings;
    private final TraceClock clock = new TraceClock();
    private final TraceFiles files;
    private Records whole;
    private Source apart;
    private Event first;

    /**
     * Opens a trace.
     *
     * @param directory where its metadata is
     * @param findings to tell what is missing
     * @throws IOException when its files can't be read
     */
    public TraceSource(Path directory, Findings findings) throws IOException {
        this.directory = directory;
        this.findings = findings;
        files = new TraceFiles(directory, findings);
        if (!files.isEmpty()) {
            whole = records(files.readable(), directory.toString(), 0);
        }
    }

    private Records records(Path trace, String what, long skip) throws IOException {
        return new Records(new Reading(trace), what, clock, findings, skip);
    }

    /**
     * {@return its clock}
     *
     * @throws IOException when its first event can't be read
     */
    public TraceClock clock() throws IOException {
        if (first == null) {
            first = read();
        }
        return clock;
    }

    @Override
    public Event next() throws IOException {
        Event event = first;
        first = null;
        return event == null ? read() : event;
    }

    private Event read() throws IOException {
        if (apart != null) {
            return apart.next();
        }
        if (whole == null) {
            return null;
        }
        Event event = whole.next();
        if (event != null) {
            return event;
        }
        String fault = whole.fault();
        if (fault.isEmpty()) {
            return null;
        }
        long read = whole.events();
        Map<String, Long> counts = whole.perStream();
        whole.close();
        Map<Path, Path> streams = files.apart();
        if (streams.size() < 2 && read > 0) {
            findings.add(directory + ": " + fault + " after " + read + " events.");
            whole = null;
            return null;
        }
        List<Source> sources = new ArrayList<>();
        for (Map.Entry<Path, Path> stream : streams.entrySet()) {
            sources.add(new Alone(stream.getKey(), stream.getValue(), read(counts, stream.getKey())));
        }
        apart = new Merge(sources);
        return apart.next();
    }

    private static long read(Map<String, Long> counts, Path stream) {
        return counts.entrySet().stream()
                .filter(e -> e.getKey().endsWith("/" + stream.getFileName()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** One stream, where the trace as a whole can't be read. */
    private final class Alone implements Source {
        private final Path stream;
        private final Records records;

        Alone(Path stream, Path trace, long skip) throws IOException {
            this.stream = stream;
            this.records = records(trace, stream.toString(), skip);
        }

        @Override
        public Event next() throws IOException {
            Event event = records.next();
            if (event == null && !records.fault().isEmpty()) {
                findings.add(stream + ": " + records.fault() + "; "
                        + (records.events() == 0
                                ? "none of its events is here."
                                : records.events() + " events of it are here."));
            }
            return event;
        }

        @Override
        public void close() {
            records.close();
        }
    }

    @Override
    public void close() {
        if (whole != null) {
            whole.close();
        }
        if (apart != null) {
            apart.close();
        }
        files.close();
    }
}
