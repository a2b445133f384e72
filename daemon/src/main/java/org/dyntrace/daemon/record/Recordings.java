package org.dyntrace.daemon.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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

/**
 * The recordings that go on, and those that have ended and could not be handed over. They end with the daemon, but when it is killed: then the next
 * one has them. They start and stop one after the other; who only looks waits for nobody.
 */
public final class Recordings implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Recordings.class.getName());
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern SETTINGS = Pattern.compile("[\\w./-]{1,512}");
    private static final long LEAST = 32L << 20;
    private static final int MAX = 16;

    private final Path directory;
    private final Map<String, ActiveRecording> active = new ConcurrentSkipListMap<>();
    private final Queue<ActiveRecording> over = new ConcurrentLinkedQueue<>();
    private volatile Listener listener = new Listener() {};

    /** Is told of recordings that begin and end. */
    public interface Listener {
        /** One has begun. */
        default void started(String name) {}

        /** One has ended. */
        default void stopped(String name) {}
    }

    /**
     * Those that a daemon has left that was killed.
     *
     * @param directory of the daemon's own, for files until recordings end
     */
    public Recordings(Path directory) {
        this.directory = directory;
        if (Files.isDirectory(directory)) {
            try (Stream<Path> left = Files.list(directory)) {
                left.sorted().forEach(this::take);
            } catch (IOException | UncheckedIOException e) {
                LOG.log(Level.WARNING, "what is left in " + directory + " can't be read", e);
            }
        }
    }

    private void take(Path left) {
        try {
            ActiveRecording recording = ActiveRecording.left(left);
            Phase phase = recording.state().phase();
            if (phase == Phase.STARTING || phase == Phase.OVER) {
                over.add(recording);
            } else {
                active.put(recording.state().name(), recording);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, left + " is deleted", e);
            Handover.delete(left);
        }
    }

    /** Looks what is still there of recordings of a daemon that was killed. */
    public synchronized void recover() {
        for (ActiveRecording recording : active.values()) {
            recording.recover();
            drop(recording);
        }
        over.forEach(ActiveRecording::recover);
        over.removeIf(ActiveRecording::isGone);
    }

    /** One that nobody wants anything of any more is only looked after until nothing is left of it. */
    private void drop(ActiveRecording recording) {
        if (recording.state().phase() == Phase.OVER) {
            String name = recording.state().name();
            active.remove(name);
            lookAfter(recording);
            listener.stopped(name);
        }
    }

    private void lookAfter(ActiveRecording recording) {
        if (recording.state().holdsSomething()) {
            over.add(recording);
        }
    }

    /** Tells somebody of the recordings that there are, and of those that begin and end. */
    public void tell(Listener to) {
        listener = to;
        active.keySet().forEach(to::started);
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
        check(name, settings);
        List<ProcessId> processes =
                targets.stream().map(ProcessTable::find).distinct().toList();
        long least = LEAST * (1 + processes.size());
        if (limit < least) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "A recording with " + processes.size() + " JVMs needs more room than " + limit + " bytes.",
                    "Give " + (least >> 20) + "M or more.");
        }
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
        String session = "dyntrace-" + name + "-" + ProcessHandle.current().pid();
        RecordingState wanted = new RecordingState(
                name, target, caller, limit, Instant.now(), session, false, List.of(), Phase.STARTING, List.of());
        LttngControl.check();
        Path work = work(name);
        try {
            // Before anything is made: the next daemon takes away what this one was killed over.
            wanted.write(work);
            if (target != null) {
                Handover.make(target, caller);
            }
        } catch (Failure | IOException e) {
            Handover.delete(work);
            throw e instanceof Failure failure ? failure : unwritable((IOException) e);
        }
        ActiveRecording recording = new ActiveRecording(work, wanted);
        try {
            recording.begin(processes, settings);
        } catch (Failure | IOException e) {
            recording.discard();
            lookAfter(recording);
            throw e instanceof Failure failure ? failure : unwritable((IOException) e);
        }
        active.put(name, recording);
        listener.started(name);
        return recording.info();
    }

    private Path work(String name) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return Files.createTempDirectory(directory, name + "-");
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private Failure unwritable(IOException e) {
        return new Failure(
                Reason.RECORDING,
                "The daemon can't write in " + directory + ": " + e.getMessage() + ".",
                "See to its permissions and the room there.",
                e);
    }

    private void check(String name, String settings) {
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
        if (active.containsKey(name)) {
            throw new Failure(
                    Reason.NAME_TAKEN,
                    "There is a recording " + name + " already.",
                    "Stop it with 'dyntrace record stop " + name + "', or take another name.");
        }
        if (active.size() >= MAX) {
            throw new Failure(Reason.TOO_MANY, "There are " + MAX + " recordings already.", "Stop one of them.");
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

    /** {@return those that there are, by name} */
    public List<RecordingInfo> list() {
        return active.values().stream().map(ActiveRecording::info).toList();
    }

    /** {@return what one is now} */
    public RecordingInfo info(String name) {
        return find(name).info();
    }

    private ActiveRecording find(String name) {
        ActiveRecording recording = active.get(name);
        if (recording == null) {
            throw new Failure(
                    Reason.NO_SUCH_RECORDING, "There is no recording " + name + ".", "See 'dyntrace record list'.");
        }
        return recording;
    }

    /**
     * Ends one and hands its files over. They are kept if that can't be, and it can be asked again.
     *
     * @param name its name
     * @param to where they go instead of where was said at the start: an absolute path that does not exist yet; empty for no other
     * @return what it was
     */
    public synchronized RecordingInfo stop(String name, String to) {
        ActiveRecording recording = find(name);
        LOG.log(Level.INFO, "{0}: stop the recording {1} {2}", Caller.current(), name, to);
        if (!to.isEmpty()) {
            if (recording.state().flightRecorder()) {
                throw new Failure(
                        Reason.BAD_REQUEST,
                        "The recording " + name + " is a flight recorder, which leaves no files when it is stopped.",
                        "Take a snapshot with 'dyntrace record snapshot " + name + " -o DIR' before.");
            }
            recording.redirect(absolute(to), Caller.current());
        }
        try {
            return recording.stop();
        } finally {
            drop(recording);
        }
    }

    /**
     * Ends one, and deletes its files.
     *
     * @param name its name
     * @return what it was
     */
    public synchronized RecordingInfo discard(String name) {
        ActiveRecording recording = find(name);
        LOG.log(Level.INFO, "{0}: discard the recording {1}", Caller.current(), name);
        RecordingInfo last = recording.info();
        recording.discard();
        drop(recording);
        return last;
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
        if (!recording.state().flightRecorder()) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "The recording " + name + " is no flight recorder.",
                    "Stop it with 'dyntrace record stop " + name + "'; start flight recorders with --flight-recorder.");
        }
        Path target = absolute(to);
        Instant begin = Instant.now();
        Handover.make(target, Caller.current());
        try {
            return recording.snapshot(target, Caller.current());
        } catch (Failure | UncheckedIOException e) {
            Handover.unmake(target, Caller.current(), begin);
            throw e;
        }
    }

    /** To be called every ten seconds or so. */
    public void look() {
        active.values().forEach(ActiveRecording::sampleClock);
        over.removeIf(ActiveRecording::isGone);
    }

    /** Ends those that go on. Those that can't be handed over are the next daemon's. */
    @Override
    public synchronized void close() {
        for (ActiveRecording recording : active.values()) {
            if (recording.state().phase() == Phase.GOING) {
                String name = recording.state().name();
                try {
                    stop(name, "");
                } catch (Failure | UncheckedIOException e) {
                    LOG.log(Level.WARNING, "the recording " + name + " is kept for the next daemon", e);
                }
            }
        }
    }
}
