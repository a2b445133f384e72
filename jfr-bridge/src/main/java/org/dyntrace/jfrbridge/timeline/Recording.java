package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dyntrace.jfrbridge.UnreadableRecording;
import org.dyntrace.jfrbridge.clock.ClockError;
import org.dyntrace.jfrbridge.clock.ClockSamples;
import org.dyntrace.jfrbridge.ctf.TraceClock;
import org.dyntrace.jfrbridge.ctf.TraceSource;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.EventType.Kind;
import org.dyntrace.jfrbridge.event.Findings;
import org.dyntrace.jfrbridge.event.Merge;
import org.dyntrace.jfrbridge.event.Source;
import org.dyntrace.jfrbridge.jfr.JfrSource;

/** Traces of LTTng and recordings of JFR that belong together, as one row of events in the order of time. */
public final class Recording implements AutoCloseable {
    private static final int DEPTH = 12;
    private static final String NONE = "Give a directory with traces of LTTng and .jfr files, or such files.";

    private final Findings findings = new Findings();
    private final List<Path> traceDirectories = new ArrayList<>();
    private final List<JfrSource> recordings = new ArrayList<>();
    private final List<Path> jfrFiles = new ArrayList<>();
    private final Map<Path, Integer> processes = new HashMap<>();
    private final Map<Integer, String> names = new HashMap<>();
    private final List<ClockSamples.Sample> clock = new ArrayList<>();
    private Source events;
    private boolean checksClock;

    /**
     * How a JFR recording's times were found.
     *
     * @param file the recording
     * @param method in words
     * @param error how far it is from LTTng's clock; empty if no hit was recorded by both
     */
    public record Clock(Path file, String method, Optional<ClockError> error) {}

    /**
     * Finds what there is to read.
     *
     * @param paths directories, traces or files
     * @throws UnreadableRecording if there is nothing
     */
    public Recording(List<Path> paths) {
        Set<Path> traces = new TreeSet<>();
        Set<Path> jfr = new TreeSet<>();
        for (Path path : paths) {
            find(path, traces, jfr);
        }
        traceDirectories.addAll(traces);
        jfrFiles.addAll(jfr);
        if (traces.isEmpty() && jfr.isEmpty()) {
            String said = String.join(" ", findings.all());
            throw new UnreadableRecording(said.isEmpty() ? "There is no recording in " + paths + "." : said, NONE);
        }
    }

    /**
     * Has the clocks compared, which reads all traces twice if there are hits that both recorded.
     *
     * @return this
     */
    public Recording withClockCheck() {
        checksClock = true;
        return this;
    }

    private void find(Path path, Set<Path> traces, Set<Path> jfr) {
        if (!Files.exists(path)) {
            throw new UnreadableRecording("There is no " + path + ".", NONE);
        }
        try {
            if (Files.isDirectory(path)) {
                try (Stream<Path> files = Files.walk(path, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
                    files.filter(Files::isRegularFile).forEach(file -> take(file, traces, jfr));
                }
            } else if (path.endsWith("metadata")) {
                traces.add(path.toAbsolutePath().getParent());
            } else if (JfrSource.isRecording(path)) {
                jfr.add(path);
            } else {
                findings.add(path + ": it is no recording of JFR"
                        + (Files.size(path) == 0 ? ", it is empty." : ", and no directory with a trace of LTTng."));
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new UnreadableRecording(path + " can't be read: " + words(e) + ".", "See to its permissions.");
        }
    }

    private void take(Path file, Set<Path> traces, Set<Path> jfr) {
        try {
            String name = String.valueOf(file.getFileName());
            if (name.equals("metadata")) {
                traces.add(file.toAbsolutePath().getParent());
            } else if (name.endsWith(".jfr")) {
                if (JfrSource.isRecording(file)) {
                    jfr.add(file);
                } else {
                    findings.add(
                            file + ": it is no recording of JFR" + (Files.size(file) == 0 ? ", it is empty." : "."));
                }
            } else if (name.equals(Manifest.NAME)) {
                manifest(file);
            }
        } catch (IOException e) {
            findings.add(file + " can't be read: " + words(e) + ".");
        }
    }

    private void manifest(Path file) {
        try {
            Manifest manifest = Manifest.of(file);
            processes.putAll(manifest.processes());
            names.putAll(manifest.names());
            clock.addAll(manifest.clock());
        } catch (IOException e) {
            findings.add(file + ": the manifest can't be read; the recording is read without it.");
        }
    }

    /** {@return an exception in words for people} */
    static String words(Exception e) {
        Throwable cause = e instanceof java.io.UncheckedIOException ? e.getCause() : e;
        if (cause instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        String message = cause.getMessage();
        return message == null || message.isEmpty() ? "it is not as it should be" : message;
    }

    /**
     * {@return the events, in the order of time, tracepoints named; to be called once}
     *
     * @throws IOException when files can't be read at all, or temporary files not be written
     */
    public Source events() throws IOException {
        List<Source> sources = new ArrayList<>();
        ClockSamples samples = ClockSamples.NONE;
        try {
            for (Path directory : traceDirectories) {
                TraceSource trace = new TraceSource(directory, findings);
                sources.add(trace);
                TraceClock its = trace.clock();
                if (its.isKnown()) {
                    samples = new ClockSamples(its.offset(), clock);
                }
            }
            for (Path file : jfrFiles) {
                JfrSource recording = new JfrSource(file, findings);
                sources.add(recording);
                recordings.add(recording);
                recording.load(processes.getOrDefault(file.normalize(), Event.UNKNOWN), samples);
                recording.threads().forEach((tid, name) -> threads.putIfAbsent(tid, name));
            }
            refineClocks();
        } catch (IOException | RuntimeException e) {
            sources.forEach(Source::close);
            throw e;
        }
        events = new Naming(new Merge(sources));
        return events;
    }

    private void refineClocks() throws IOException {
        List<JfrSource> asking = recordings.stream()
                .filter(r -> r.clocks().needsPairs()
                        || (checksClock && !r.clocks().pairs().isEmpty()))
                .toList();
        if (asking.isEmpty()) {
            return;
        }
        for (Path directory : traceDirectories) {
            // What is missing is told when it is read again.
            try (TraceSource trace = new TraceSource(directory, new Findings())) {
                boolean useful = true;
                for (Event event = trace.next(); event != null && useful; event = trace.next()) {
                    if (event.type().kind() == Kind.HIT) {
                        useful = false;
                        for (JfrSource one : asking) {
                            if (one.pid() == Event.UNKNOWN
                                    || event.pid() == Event.UNKNOWN
                                    || one.pid() == event.pid()) {
                                useful |= one.clocks().pairs().lttng(event.tid(), event.address(), event.time());
                            } else {
                                useful = true;
                            }
                        }
                    }
                }
            }
        }
        asking.forEach(JfrSource::refineClock);
    }

    private final Map<Integer, String> threads = new HashMap<>();

    /** {@return the names of Java threads, by the kernel's numbers; known once the events are} */
    public Map<Integer, String> threads() {
        return threads;
    }

    /** {@return the names of processes, as far as a manifest tells} */
    public Map<Integer, String> processes() {
        return names;
    }

    /** {@return how each JFR recording's clock was found; known once the events are} */
    public List<Clock> clocks() {
        List<Clock> clocks = new ArrayList<>();
        for (int i = 0; i < recordings.size(); i++) {
            JfrSource recording = recordings.get(i);
            clocks.add(new Clock(
                    jfrFiles.get(i),
                    recording.clock().method(),
                    recording.clocks().error()));
        }
        return clocks;
    }

    /** {@return the JFR files that it consists of} */
    public List<Path> jfrFiles() {
        return List.copyOf(jfrFiles);
    }

    /** {@return what is missing, or is not as it should be; complete once all events were read} */
    public Findings findings() {
        return findings;
    }

    @Override
    public void close() {
        if (events != null) {
            events.close();
        }
    }
}
