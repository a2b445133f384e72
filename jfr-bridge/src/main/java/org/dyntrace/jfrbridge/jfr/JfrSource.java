package org.dyntrace.jfrbridge.jfr;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.dyntrace.jfrbridge.clock.ClockMap;
import org.dyntrace.jfrbridge.clock.ClockSamples;
import org.dyntrace.jfrbridge.clock.ClockSource;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.Findings;
import org.dyntrace.jfrbridge.event.Source;

/** One recording of JFR. Chunks that can't be read are left out, and told in the findings. */
public final class JfrSource implements Source {
    /** What a sampled or waiting thread is called where an event has no thread of its own. */
    private static final List<String> OTHER_THREADS = List.of("sampledThread", "thread");

    private final Path file;
    private final Findings findings;
    private final List<Chunk> chunks;
    private final EventPacker packer = new EventPacker();
    private final SortedEvents sorted = new SortedEvents();
    private final Map<Integer, String> threads = new HashMap<>();
    private int pid = Event.UNKNOWN;
    private final ClockSource clocks = new ClockSource();
    private ClockMap clock;

    /**
     * Opens a recording.
     *
     * @param file where it is
     * @param findings to tell what is missing
     * @throws IOException when it can't be read
     */
    public JfrSource(Path file, Findings findings) throws IOException {
        this.file = file;
        this.findings = findings;
        this.chunks = Chunk.of(file, findings);
    }

    /**
     * {@return whether a file begins like a recording}
     *
     * @param file any file
     * @throws IOException when it can't be read
     */
    public static boolean isRecording(Path file) throws IOException {
        return Chunk.isRecording(file);
    }

    /**
     * Reads all events, so that they are in order and the clock is known.
     *
     * @param known the process, where a manifest tells it; else the recording is asked
     * @param samples what else is known about clocks
     * @throws IOException when temporary files can't be written
     */
    public void load(int known, ClockSamples samples) throws IOException {
        pid = known;
        for (Chunk chunk : chunks) {
            clocks.chunk(chunk.startTicks(), chunk.startNanos(), chunk.ticksPerSecond());
        }
        for (Chunk chunk : chunks) {
            load(chunk);
        }
        sorted.finish();
        clock = clocks.map(samples);
        if (clocks.wasStepped()) {
            findings.add(file + ": the wall clock was set while it was recorded; its times follow the JVM's own counter"
                    + " from the first chunk on.");
        }
    }

    /** Takes the map by hits that LTTng recorded, too, once these are known. */
    public void refineClock() {
        clock = clocks.refine();
    }

    /** {@return what it says about its clock} */
    public ClockSource clocks() {
        return clocks;
    }

    /** {@return its clock} */
    public ClockMap clock() {
        return clock;
    }

    private void load(Chunk chunk) throws IOException {
        boolean alone = chunks.size() == 1 && chunk.from() == 0 && chunk.to() == Files.size(file);
        Path copy = alone ? file : copy(chunk);
        packer.forget();
        long read = 0;
        try (RecordingFile recording = new RecordingFile(copy)) {
            while (recording.hasMoreEvents()) {
                add(recording.readEvent(), chunk);
                read++;
            }
        } catch (SpillFailure e) {
            throw e.why;
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // What the JDK throws for damaged bytes is not only what it says that it throws.
            findings.add(file + ": a chunk (bytes " + chunk.from() + " to " + chunk.to() + ") can't be read "
                    + (read == 0 ? "at all" : "after " + read + " events") + ": it is damaged.");
        } finally {
            if (!alone) {
                Files.deleteIfExists(copy);
            }
        }
    }

    private Path copy(Chunk chunk) throws IOException {
        Path copy = Files.createTempFile("dyntrace-chunk-", ".jfr");
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            for (long at = chunk.from(); at < chunk.to(); ) {
                long moved = in.transferTo(at, chunk.to() - at, out);
                if (moved <= 0) {
                    throw new IOException(file + " got shorter while it was read");
                }
                at += moved;
            }
        }
        return copy;
    }

    private void add(RecordedEvent event, Chunk chunk) {
        Instant start = event.getStartTime();
        long nanos = nanos(start);
        long duration = Math.max(0, nanos(event.getEndTime()) - nanos);
        double ticks = chunk.ticks(nanos);
        int tid = thread(event);
        String name = event.getEventType().getName();
        if (name.equals("jdk.JVMInformation") && pid == Event.UNKNOWN && event.hasField("pid")) {
            pid = (int) event.getLong("pid");
        } else if (name.equals("dyntrace.ClockSample") && event.hasField("uncertainty")) {
            clocks.sample(ticks, event.getLong("monotonic"), event.getLong("uncertainty"));
        } else if (name.equals("dyntrace.TracepointHit") && event.hasField("address")) {
            clocks.hit(tid, event.getLong("address"), ticks);
        }
        EventPacker.Packed packed = packer.pack(event);
        // In ticks until the clock is known; all of them are told in it.
        try {
            sorted.add(new SortedEvents.Waiting(clocks.relative(ticks), duration, tid, packed.type(), packed.bytes()));
        } catch (IOException e) {
            throw new SpillFailure(e);
        }
    }

    private static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }

    private int thread(RecordedEvent event) {
        RecordedThread thread = whose(event);
        if (thread == null || thread.getOSThreadId() <= 0) {
            return Event.UNKNOWN;
        }
        int tid = (int) thread.getOSThreadId();
        threads.computeIfAbsent(tid, id -> EventPacker.name(thread));
        return tid;
    }

    private static RecordedThread whose(RecordedEvent event) {
        RecordedThread thread = event.hasField("eventThread") ? event.getThread() : null;
        for (String name : OTHER_THREADS) {
            if (thread == null && event.hasField(name) && event.getValue(name) instanceof RecordedThread other) {
                thread = other;
            }
        }
        return thread;
    }

    /** {@return the process, or {@link Event#UNKNOWN}} */
    public int pid() {
        return pid;
    }

    /** {@return the names of its threads, by the kernel's numbers} */
    public Map<Integer, String> threads() {
        return threads;
    }

    @Override
    public Event next() throws IOException {
        SortedEvents.Waiting waiting = sorted.next();
        if (waiting == null) {
            return null;
        }
        return new Event(
                packer.type(waiting.type()),
                clock.nanos((double) waiting.time()),
                Math.round(waiting.duration() * clock.rate()),
                pid,
                waiting.tid(),
                Event.UNKNOWN,
                waiting.values(),
                0);
    }

    @Override
    public void close() {
        sorted.close();
    }

    /** No room for temporary files. */
    private static final class SpillFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final IOException why;

        SpillFailure(IOException why) {
            super(why);
            this.why = why;
        }
    }
}
