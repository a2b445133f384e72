package org.dyntrace.daemon.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.jvm.JvmAttach;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessTable;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.RecordingInfo;

/** The recordings that go on. They end with the daemon. They start and stop one after the other; who only looks waits for nobody. */
public final class Recordings implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Recordings.class.getName());
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern SETTINGS = Pattern.compile("[\\w./-]{1,512}");
    private static final long LEAST = 64L << 20;
    private static final int MAX = 16;

    private final Path directory;
    private final Map<String, ActiveRecording> active = new ConcurrentSkipListMap<>();
    private volatile Listener listener = new Listener() {};

    /** Is told of recordings that begin and end. */
    public interface Listener {
        /** One has begun. */
        default void started(String name) {}

        /** One has ended. */
        default void stopped(String name) {}
    }

    /**
     * No recordings yet.
     *
     * @param directory of the daemon's own, for files until recordings end; what is there is of a daemon that was killed, and goes
     */
    public Recordings(Path directory) {
        this.directory = directory;
        if (Files.isDirectory(directory)) {
            try (Stream<Path> left = Files.list(directory)) {
                left.forEach(Handover::delete);
            } catch (IOException | UncheckedIOException e) {
                LOG.log(Level.WARNING, "what is left in " + directory + " can't be deleted", e);
            }
        }
    }

    /** Tells somebody of recordings that begin and end. */
    public void tell(Listener to) {
        listener = to;
    }

    /**
     * Starts one, for {@link Caller#current}.
     *
     * @param name of it
     * @param to an absolute path that does not exist yet; empty for a flight recorder
     * @param targets JVMs by pid or name
     * @param settings of their Flight Recorders
     * @param limit how much it may take on disk, in bytes
     * @return what it is
     */
    public synchronized RecordingInfo start(String name, String to, List<String> targets, String settings, long limit) {
        Caller caller = Caller.current();
        check(name, settings, limit);
        List<ProcessId> processes =
                targets.stream().map(ProcessTable::find).distinct().toList();
        for (ProcessId process : processes) {
            if (!JvmAttach.isJvm(process)) {
                throw new Failure(
                        Reason.NOT_A_JVM,
                        "Process " + process.pid() + " is no JVM.",
                        "Leave it out: LTTng records the tracepoints of native programs, whichever they are.");
            }
        }
        Path target = to.isEmpty() ? null : absolute(to);
        LOG.log(Level.INFO, "{0}: record {1} into {2} with {3}", caller, name, to, targets);
        if (target != null) {
            Handover.make(target, caller);
        }
        try {
            Path work = work(name);
            ActiveRecording recording = ActiveRecording.start(
                    new ActiveRecording.Wanted(name, target, processes, settings, limit), caller, work);
            active.put(name, recording);
            listener.started(name);
            return recording.info(to);
        } catch (Failure | UncheckedIOException e) {
            if (target != null) {
                Handover.unmake(target, caller);
            }
            throw e;
        }
    }

    private Path work(String name) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return Files.createTempDirectory(directory, name + "-");
        } catch (IOException e) {
            throw new Failure(
                    Reason.RECORDING,
                    "The daemon can't write in " + directory + ": " + e.getMessage() + ".",
                    "See to its permissions and the room there.",
                    e);
        }
    }

    private void check(String name, String settings, long limit) {
        if (!NAME.matcher(name).matches()) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "'" + name + "' is no name for a recording.",
                    "Take letters, digits, dots, underscores and hyphens, 64 at the most.");
        }
        if (!SETTINGS.matcher(settings).matches()) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "'" + settings + "' are no settings of the Flight Recorder.",
                    "Take default, profile, or the path of a .jfc file.");
        }
        if (limit < LEAST) {
            throw new Failure(
                    Reason.BAD_REQUEST, "A recording needs more room than " + limit + " bytes.", "Give 64M or more.");
        }
        if (active.containsKey(name)) {
            throw new Failure(
                    Reason.NAME_TAKEN,
                    "A recording " + name + " goes on already.",
                    "Stop it with 'dyntrace record stop " + name + "', or take another name.");
        }
        if (active.size() >= MAX) {
            throw new Failure(Reason.TOO_MANY, MAX + " recordings go on already.", "Stop one of them.");
        }
    }

    /** {@return a name that none has} */
    public String freeName() {
        int number = 0;
        while (active.containsKey("rec-" + number)) {
            number++;
        }
        return "rec-" + number;
    }

    private static Path absolute(String path) {
        Path absolute = Path.of(path);
        if (!absolute.isAbsolute() || absolute.getNameCount() == 0) {
            throw new Failure(Reason.BAD_REQUEST, path + " is no absolute path.", "Give the whole path.");
        }
        return absolute.normalize();
    }

    /** {@return those that go on, by name} */
    public List<RecordingInfo> list() {
        return active.values().stream().map(Recordings::info).toList();
    }

    private static RecordingInfo info(ActiveRecording recording) {
        Path to = recording.wanted().directory();
        return recording.info(to == null ? "" : to.toString());
    }

    /** {@return what one is now} */
    public RecordingInfo info(String name) {
        return info(find(name));
    }

    private ActiveRecording find(String name) {
        ActiveRecording recording = active.get(name);
        if (recording == null) {
            throw new Failure(
                    Reason.NO_SUCH_RECORDING, "No recording " + name + " goes on.", "See 'dyntrace record list'.");
        }
        return recording;
    }

    /**
     * Ends one.
     *
     * @param name its name
     * @return what it was
     */
    public synchronized RecordingInfo stop(String name) {
        ActiveRecording recording = find(name);
        LOG.log(Level.INFO, "{0}: stop the recording {1}", Caller.current(), name);
        try {
            return recording.stop();
        } finally {
            active.remove(name);
            listener.stopped(name);
        }
    }

    /**
     * Writes what a flight recorder has kept.
     *
     * @param name its name
     * @param to an absolute path that does not exist yet
     * @return what it is
     */
    public synchronized RecordingInfo snapshot(String name, String to) {
        ActiveRecording recording = find(name);
        if (!recording.wanted().flightRecorder()) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "The recording " + name + " is no flight recorder.",
                    "Stop it with 'dyntrace record stop " + name + "'; start flight recorders with --flight-recorder.");
        }
        Path target = absolute(to);
        Handover.make(target, Caller.current());
        return recording.snapshot(target, Caller.current());
    }

    /** To be called every ten seconds or so. */
    public void look() {
        active.values().forEach(ActiveRecording::sampleClock);
    }

    /** Ends all of them. */
    @Override
    public synchronized void close() {
        for (String name : List.copyOf(active.keySet())) {
            try {
                stop(name);
            } catch (Failure | UncheckedIOException e) {
                LOG.log(Level.WARNING, "the recording " + name + " is lost", e);
            }
        }
    }
}
