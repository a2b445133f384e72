package org.dyntrace.daemon.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.jvm.FlightRecorder;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.RecordedJvmInfo;
import org.dyntrace.mbeans.RecordingInfo;

/**
 * A recording, from its start until who asked has its files. They are in a directory of the daemon's until then, and with them what the next
 * daemon has to know: each step is written there before it is done.
 */
final class ActiveRecording {
    private static final Logger LOG = System.getLogger(ActiveRecording.class.getName());
    private static final String USER_EVENTS = "dyntrace_lttng:*";
    private static final List<String> KERNEL_EVENTS = List.of("sched_switch", "sched_process_exit");
    private static final String SNAPSHOTS = "snapshot-";
    private static final String LTTNG = "lttng";

    private final Path work;
    private final Path data;
    private final ClockLog clock;
    private volatile RecordingState state;
    private int snapshots;

    /**
     * Nothing goes on yet.
     *
     * @param work a directory of the daemon's
     * @param state what was asked for
     */
    ActiveRecording(Path work, RecordingState state) {
        this.work = work;
        this.data = work.resolve("data");
        this.clock = new ClockLog(work.resolve("clock"));
        this.state = state;
    }

    /**
     * {@return what a daemon that was killed has left}
     *
     * @param work its directory
     * @throws IOException when nothing in there tells what it was
     */
    static ActiveRecording left(Path work) throws IOException {
        return new ActiveRecording(work, RecordingState.read(work));
    }

    /**
     * Starts all of it. If that fails, what has begun is to be taken away by {@link #discard}.
     *
     * @param processes the JVMs
     * @param settings of their Flight Recorders
     * @throws IOException when the daemon can't write in its directory
     */
    void begin(List<ProcessId> processes, String settings) throws IOException {
        boolean flight = state.flightRecorder();
        Path lttng = Files.createDirectories(data.resolve(LTTNG));
        state = state.holdingSession(true);
        for (ProcessId process : processes) {
            String command = String.join(" ", ProcessFacts.of(process).commandLine());
            state = state.with(new RecordedJvm(process, command, "", true));
        }
        state.write(work);
        LttngControl.create(state.session(), lttng.toString(), flight);
        long share = share(1);
        try {
            LttngControl.enable(
                    state.session(), LttngControl.Domain.KERNEL, LttngControl.Room.of(share, flight), KERNEL_EVENTS);
        } catch (Failure noKernelTracer) {
            share = share(0);
            state = state.noting("Kernel events are not recorded: " + noKernelTracer.getMessage());
        }
        LttngControl.enable(
                state.session(), LttngControl.Domain.USER, LttngControl.Room.of(share, flight), List.of(USER_EVENTS));
        clock.sample();
        for (RecordedJvm jvm : state.jvms()) {
            String repository = recorder(jvm).start(settings, share);
            state = state.with(new RecordedJvm(jvm.process(), jvm.command(), repository, true));
        }
        LttngControl.start(state.session());
        state = state.in(Phase.GOING);
        state.write(work);
    }

    /** {@return how much of the limit LTTng's events of programs may take, those of the kernel, and each JVM} */
    private long share(int kernel) {
        return state.limit() / (1 + kernel + state.jvms().size());
    }

    private FlightRecorder recorder(RecordedJvm jvm) {
        return new FlightRecorder(jvm.process(), state.session());
    }

    /** Keeps what is known now for the next daemon. Without room for that, this one goes on all the same. */
    private void update(RecordingState next) {
        state = next;
        try {
            next.write(work);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "what the recording " + next.name() + " is can't be written", e);
        }
    }

    /** Looks what of it is still there, when another daemon was killed. */
    void recover() {
        switch (state.phase()) {
            case STARTING -> discard();
            case GOING -> goOn();
            case HANDING_OVER -> {
                attempt(() -> Handover.clear(data, state.directory(), state.owner()));
                update(state.in(Phase.ENDED).noting("A daemon was killed while it copied the files."));
            }
            default -> {}
        }
    }

    private void goOn() {
        try (Stream<Path> files = Files.list(work)) {
            files.filter(file -> file.getFileName().toString().startsWith(SNAPSHOTS))
                    .forEach(Handover::delete);
            Files.createDirectories(data.resolve(LTTNG));
        } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.WARNING, "what is left in " + work + " can't be put in order", e);
        }
        if (!LttngControl.resume(state.session())) {
            state = state.holdingSession(false)
                    .noting("LTTng's session is gone, its session daemon was started anew: what LTTng has recorded"
                            + (state.flightRecorder() ? " is lost." : " since then is missing."));
        }
        for (RecordedJvm jvm : state.jvms()) {
            if (jvm.held() && jvm.process().hasEnded()) {
                state = state.with(jvm.released()).noting(ended(jvm));
            }
        }
        update(state);
        if (state.holdsSomething()) {
            return;
        }
        if (state.flightRecorder()) {
            forget();
        } else {
            attempt(this::end);
        }
    }

    private static String ended(RecordedJvm jvm) {
        return "JVM " + jvm.process().pid() + " has ended before the recording: what its Flight Recorder had is lost.";
    }

    /** Leaves no file, but what {@link #isGone} has to know of those that still have to be told. */
    private void forget() {
        update(state.in(Phase.OVER));
        Handover.delete(state.holdsSomething() ? data : work);
    }

    /** {@return whether nothing is left of one that is over; tells those that could not be told before} */
    synchronized boolean isGone() {
        if (!release()) {
            return false;
        }
        Handover.delete(work);
        return true;
    }

    /** Tells all that still records that it is over; {@return whether nothing does any more} */
    private boolean release() {
        RecordingState before = state;
        for (RecordedJvm jvm : state.jvms()) {
            if (jvm.held() && isReleased(jvm)) {
                state = state.with(jvm.released());
            }
        }
        if (state.sessionHeld() && attempt(() -> LttngControl.end(state.session()))) {
            state = state.holdingSession(false);
        }
        if (!state.equals(before)) {
            update(state);
        }
        return !state.holdsSomething();
    }

    private boolean isReleased(RecordedJvm jvm) {
        return jvm.process().hasEnded()
                || attempt(recorder(jvm)::discard)
                || jvm.process().hasEnded();
    }

    private boolean attempt(Runnable step) {
        try {
            step.run();
            return true;
        } catch (Failure | UncheckedIOException e) {
            LOG.log(Level.WARNING, "recording " + state.name() + ": " + e.getMessage());
            return false;
        }
    }

    /** To be called now and then. */
    void sampleClock() {
        if (state.phase() == Phase.GOING) {
            clock.sample();
        }
    }

    /**
     * Has its files go somewhere else than was said before.
     *
     * @param directory does not exist yet
     * @param asker who will own them
     */
    void redirect(Path directory, Caller asker) {
        Handover.make(directory, asker);
        Path before = state.directory();
        Caller owner = state.owner();
        update(state.into(directory, asker));
        attempt(() -> Handover.unmake(before, owner, state.begin()));
    }

    /**
     * Ends it, and hands its files over; if that can't be, they are kept and it can be asked again.
     *
     * @return what it was
     */
    RecordingInfo stop() {
        if (state.flightRecorder()) {
            RecordingInfo last = info();
            release();
            forget();
            return last;
        }
        if (state.phase() == Phase.GOING) {
            end();
        }
        update(state.in(Phase.HANDING_OVER));
        try {
            Handover.copy(data, state.directory(), state.owner());
        } catch (Failure e) {
            update(state.in(Phase.ENDED));
            throw kept(e);
        }
        RecordingInfo last = info();
        forget();
        return last;
    }

    /** Ends it, and deletes what was recorded. */
    void discard() {
        if (!state.flightRecorder()) {
            attempt(() -> Handover.unmake(state.directory(), state.owner(), state.begin()));
        }
        release();
        forget();
    }

    private Failure kept(Failure e) {
        String stop = "'dyntrace record stop " + state.name();
        return new Failure(
                e.reason(),
                e.getMessage() + " The recording has ended; its files are kept by the daemon, in " + data + ".",
                "Make room and say " + stop + "' once more, or name another directory with " + stop + " -o DIR'; "
                        + stop + " --discard' deletes them.",
                e);
    }

    /** Has all that was recorded written into the daemon's directory, then ends the recordings. */
    private void end() {
        clock.sample();
        try {
            Map<ProcessId, Path> jfr = new LinkedHashMap<>();
            for (RecordedJvm jvm : state.jvms()) {
                write(jvm, data, jfr);
            }
            if (state.sessionHeld()) {
                if (attempt(() -> LttngControl.end(state.session()))) {
                    update(state.holdingSession(false));
                } else {
                    state = state.noting("LTTng does not end its session: the last events may be missing.");
                }
            }
            manifest(state.owner(), jfr).write(data);
        } catch (IOException e) {
            throw new Failure(
                    Reason.RECORDING,
                    "The daemon can't write in " + data + ": " + e.getMessage() + ". What was recorded is still there.",
                    "Make room there, and say 'dyntrace record stop " + state.name() + "' once more.",
                    e);
        }
        update(state.in(Phase.ENDED));
        release();
    }

    /** Writes what one JVM has recorded; one that doesn't give it is left out, and told. */
    private void write(RecordedJvm jvm, Path into, Map<ProcessId, Path> files) throws IOException {
        Path file = into.resolve(jvm.process().pid() + ".jfr");
        Path part = into.resolve(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        if (jvm.held()) {
            try {
                recorder(jvm).dump(part, share(0));
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } catch (Failure e) {
                if (jvm.process().hasEnded()) {
                    state = state.with(jvm.released()).noting(ended(jvm));
                } else {
                    state = state.noting("JVM " + jvm.process().pid() + "'s recording is missing: " + e.getMessage());
                }
            } finally {
                Files.deleteIfExists(part);
            }
        }
        if (Files.exists(file)) {
            files.put(jvm.process(), file);
        }
    }

    /** Writes what is kept; {@return what it is} */
    RecordingInfo snapshot(Path directory, Caller asker) {
        clock.sample();
        Path part = work.resolve(SNAPSHOTS + snapshots++);
        Map<ProcessId, Path> files = new LinkedHashMap<>();
        try {
            Files.createDirectories(part);
            if (state.sessionHeld()) {
                LttngControl.snapshot(state.session());
                Files.move(data.resolve(LTTNG), part.resolve(LTTNG));
                Files.createDirectories(data.resolve(LTTNG));
            }
            for (RecordedJvm jvm : state.jvms()) {
                write(jvm, part, files);
            }
            manifest(asker, files).write(part);
            Handover.copy(part, directory, asker);
        } catch (IOException e) {
            throw new Failure(
                    Reason.RECORDING,
                    "The daemon can't write in " + part + ": " + e.getMessage() + ".",
                    "Make room there; the recording goes on, so take the snapshot once more.",
                    e);
        } finally {
            Handover.delete(part);
        }
        return info(directory.toString());
    }

    private ManifestFile manifest(Caller owner, Map<ProcessId, Path> files) {
        Map<Integer, String> commands = new LinkedHashMap<>();
        state.jvms().forEach(jvm -> commands.put(jvm.process().pid(), jvm.command()));
        Map<Integer, String> jfr = new LinkedHashMap<>();
        files.forEach(
                (process, file) -> jfr.put(process.pid(), file.getFileName().toString()));
        return new ManifestFile(
                state.name(), owner.uid(), state.begin(), Instant.now(), commands, jfr, clock.samples(), state.notes());
    }

    private static long size(Path directory) {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | UncheckedIOException e) {
            // Files come and go.
            return 0;
        }
    }

    RecordingState state() {
        return state;
    }

    RecordingInfo info() {
        return info(state.flightRecorder() ? "" : state.directory().toString());
    }

    private RecordingInfo info(String directory) {
        RecordingState now = state;
        List<RecordedJvmInfo> jvms = new ArrayList<>();
        for (RecordedJvm jvm : now.jvms()) {
            long its = jvm.held() ? recorder(jvm).diskUse(jvm.repository(), now.begin()) : 0;
            jvms.add(new RecordedJvmInfo(jvm.process().pid(), jvm.held(), its));
        }
        return new RecordingInfo(
                now.name(),
                directory,
                now.owner().uid(),
                now.begin().toEpochMilli(),
                now.phase() != Phase.GOING && now.phase() != Phase.STARTING,
                now.flightRecorder(),
                now.limit(),
                size(data),
                jvms,
                now.notes());
    }
}
