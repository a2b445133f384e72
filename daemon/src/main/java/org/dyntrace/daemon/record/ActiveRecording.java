package org.dyntrace.daemon.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.jvm.FlightRecorder;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.RecordingInfo;

/** A recording that goes on. Its files are in a directory of the daemon's until they are handed over. */
final class ActiveRecording {
    private static final String USER_EVENTS = "dyntrace_lttng:*";
    private static final List<String> KERNEL_EVENTS = List.of("sched_switch", "sched_process_exit");
    private static final int FILES = 8;

    private final Wanted wanted;
    private final Caller caller;
    private final Path work;
    private final String session;
    private final Instant begin = Instant.now();
    private final Map<ProcessId, FlightRecorder> jvms = new LinkedHashMap<>();
    private final Map<ProcessId, String> commands = new LinkedHashMap<>();
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private final ClockLog clock = new ClockLog();
    private int snapshots;

    /**
     * What was asked for.
     *
     * @param name of the recording
     * @param directory where its files go at its end; null for a flight recorder
     * @param processes the JVMs that take part
     * @param settings of their Flight Recorders
     * @param limit in bytes
     */
    record Wanted(String name, Path directory, List<ProcessId> processes, String settings, long limit) {
        boolean flightRecorder() {
            return directory == null;
        }
    }

    private ActiveRecording(Wanted wanted, Caller caller, Path work) {
        this.wanted = wanted;
        this.caller = caller;
        this.work = work;
        this.session =
                "dyntrace-" + wanted.name() + "-" + ProcessHandle.current().pid();
    }

    /** Starts all of it, or nothing. */
    static ActiveRecording start(Wanted wanted, Caller caller, Path work) {
        LttngControl.check();
        ActiveRecording recording = new ActiveRecording(wanted, caller, work);
        try {
            recording.begin();
            return recording;
        } catch (Failure | IOException e) {
            recording.abandon();
            throw e instanceof Failure failure ? failure : new UncheckedIOException((IOException) e);
        }
    }

    private void begin() throws IOException {
        Path lttng = Files.createDirectories(work.resolve("lttng"));
        LttngControl.create(session, lttng.toString(), wanted.flightRecorder());
        long share = wanted.limit() / (1 + wanted.processes().size());
        LttngControl.Room room = new LttngControl.Room(
                wanted.flightRecorder(),
                wanted.flightRecorder()
                        ? 0
                        : Math.max(
                                LttngControl.Room.SUBBUF,
                                share / FILES / Runtime.getRuntime().availableProcessors()),
                wanted.flightRecorder() ? 0 : FILES);
        LttngControl.enable(session, LttngControl.Domain.USER, room, List.of(USER_EVENTS));
        try {
            LttngControl.enable(session, LttngControl.Domain.KERNEL, room, KERNEL_EVENTS);
        } catch (Failure noKernelTracer) {
            notes.add("Kernel events are not recorded: " + noKernelTracer.getMessage());
        }
        clock.sample();
        for (ProcessId process : wanted.processes()) {
            FlightRecorder recorder = new FlightRecorder(process, session, share);
            recorder.start(wanted.settings());
            jvms.put(process, recorder);
            commands.put(process, String.join(" ", ProcessFacts.of(process).commandLine()));
        }
        LttngControl.start(session);
    }

    /** Leaves nothing. */
    void abandon() {
        jvms.values().forEach(recorder -> attempt(recorder::discard));
        jvms.clear();
        attempt(() -> LttngControl.end(session));
        Handover.delete(work);
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (Failure e) {
            notes.add(e.getMessage());
        }
    }

    /** To be called now and then. */
    void sampleClock() {
        clock.sample();
    }

    /** Ends it; {@return what it was} */
    RecordingInfo stop() {
        clock.sample();
        Map<ProcessId, Path> files = new LinkedHashMap<>();
        jvms.forEach((process, recorder) -> {
            if (wanted.flightRecorder()) {
                attempt(recorder::discard);
            } else {
                write(process, work, recorder::stop, files);
            }
        });
        attempt(() -> LttngControl.end(session));
        try {
            if (!wanted.flightRecorder()) {
                handOver(work, wanted.directory(), caller, files);
            }
            return info(wanted.directory() == null ? "" : wanted.directory().toString());
        } finally {
            Handover.delete(work);
        }
    }

    /** Writes what is kept; {@return what it is} */
    RecordingInfo snapshot(Path directory, Caller asker) {
        clock.sample();
        Path part = work.resolve("snapshot-" + snapshots++);
        Map<ProcessId, Path> files = new LinkedHashMap<>();
        try {
            Files.createDirectories(part);
            LttngControl.snapshot(session);
            Files.move(work.resolve("lttng"), part.resolve("lttng"));
            Files.createDirectories(work.resolve("lttng"));
            jvms.forEach((process, recorder) -> write(process, part, recorder::dump, files));
            handOver(part, directory, asker, files);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Handover.delete(part);
        }
        return info(directory.toString());
    }

    private void write(ProcessId process, Path into, Consumer<Path> writing, Map<ProcessId, Path> files) {
        Path file = into.resolve(process.pid() + ".jfr");
        attempt(() -> {
            writing.accept(file);
            files.put(process, file);
        });
    }

    private void handOver(Path from, Path to, Caller owner, Map<ProcessId, Path> files) {
        Map<Integer, String> names = new LinkedHashMap<>();
        commands.forEach((process, command) -> names.put(process.pid(), command));
        Map<Integer, String> jfr = new LinkedHashMap<>();
        files.forEach(
                (process, file) -> jfr.put(process.pid(), file.getFileName().toString()));
        try {
            new ManifestFile(wanted.name(), owner.uid(), begin, Instant.now(), names, jfr, clock.samples(), notes)
                    .write(from);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Handover.copy(from, to, owner);
    }

    /** {@return how much LTTng's part takes on disk, in bytes} */
    long diskUse() {
        if (!Files.isDirectory(work)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(work)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | UncheckedIOException e) {
            // Files come and go.
            return 0;
        }
    }

    Wanted wanted() {
        return wanted;
    }

    RecordingInfo info(String directory) {
        return new RecordingInfo(
                wanted.name(),
                directory,
                caller.uid(),
                begin.toEpochMilli(),
                wanted.processes().stream().map(ProcessId::pid).toList(),
                wanted.flightRecorder(),
                wanted.limit(),
                diskUse(),
                notes);
    }
}
