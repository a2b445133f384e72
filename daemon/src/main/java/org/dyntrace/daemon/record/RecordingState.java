package org.dyntrace.daemon.record;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.proc.ProcessId;

/**
 * What the daemon knows of a recording. It is kept in a file of the daemon's own, so that the next one goes on with it when this one is killed.
 *
 * @param name of the recording
 * @param directory where its files go at its end; null for a flight recorder
 * @param owner who will own the files, and with whose rights they are written
 * @param limit in bytes
 * @param begin when it began
 * @param session the name of the session of LTTng and of the recordings in the JVMs
 * @param sessionHeld whether the session is there, as far as we know
 * @param jvms that take part
 * @param phase how far it is
 * @param notes what is not as asked, in sentences
 */
record RecordingState(
        String name,
        Path directory,
        Caller owner,
        long limit,
        Instant begin,
        String session,
        boolean sessionHeld,
        List<RecordedJvm> jvms,
        Phase phase,
        List<String> notes) {
    private static final String FILE = "recording.properties";
    private static final int FORMAT = 1;

    /** Copies the lists. */
    RecordingState {
        jvms = List.copyOf(jvms);
        notes = List.copyOf(notes);
    }

    boolean flightRecorder() {
        return directory == null;
    }

    RecordingState in(Phase next) {
        return new RecordingState(name, directory, owner, limit, begin, session, sessionHeld, jvms, next, notes);
    }

    RecordingState into(Path other, Caller asker) {
        return new RecordingState(name, other, asker, limit, begin, session, sessionHeld, jvms, phase, notes);
    }

    RecordingState holdingSession(boolean held) {
        return new RecordingState(name, directory, owner, limit, begin, session, held, jvms, phase, notes);
    }

    RecordingState noting(String note) {
        List<String> more = new ArrayList<>(notes);
        if (!more.contains(note)) {
            more.add(note);
        }
        return new RecordingState(name, directory, owner, limit, begin, session, sessionHeld, jvms, phase, more);
    }

    /** With this one in the place of the one of the same process, or besides. */
    RecordingState with(RecordedJvm jvm) {
        List<RecordedJvm> all = new ArrayList<>(jvms);
        int at = all.size();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).process().equals(jvm.process())) {
                at = i;
            }
        }
        if (at == all.size()) {
            all.add(jvm);
        } else {
            all.set(at, jvm);
        }
        return new RecordingState(name, directory, owner, limit, begin, session, sessionHeld, all, phase, notes);
    }

    /** {@return whether anything has still to be told that it is over} */
    boolean holdsSomething() {
        return sessionHeld || jvms.stream().anyMatch(RecordedJvm::held);
    }

    /** Writes it, whole or not at all. */
    void write(Path work) throws IOException {
        Properties lines = new Properties();
        lines.setProperty("format", String.valueOf(FORMAT));
        lines.setProperty("name", name);
        if (directory != null) {
            lines.setProperty("directory", directory.toString());
        }
        lines.setProperty("uid", String.valueOf(owner.uid()));
        lines.setProperty("gid", String.valueOf(owner.gid()));
        lines.setProperty("groups", owner.groups().stream().map(String::valueOf).collect(Collectors.joining(" ")));
        lines.setProperty("remote", owner.remote());
        lines.setProperty("limit", String.valueOf(limit));
        lines.setProperty("begin", begin.toString());
        lines.setProperty("session", session);
        lines.setProperty("sessionHeld", String.valueOf(sessionHeld));
        lines.setProperty("phase", phase.name());
        lines.setProperty("notes", String.valueOf(notes.size()));
        for (int i = 0; i < notes.size(); i++) {
            lines.setProperty("note." + i, notes.get(i));
        }
        lines.setProperty("jvms", String.valueOf(jvms.size()));
        for (int i = 0; i < jvms.size(); i++) {
            RecordedJvm jvm = jvms.get(i);
            lines.setProperty("jvm." + i + ".pid", String.valueOf(jvm.process().pid()));
            lines.setProperty(
                    "jvm." + i + ".started", String.valueOf(jvm.process().startTime()));
            lines.setProperty("jvm." + i + ".command", jvm.command());
            lines.setProperty("jvm." + i + ".repository", jvm.repository());
            lines.setProperty("jvm." + i + ".held", String.valueOf(jvm.held()));
        }
        Path fresh = work.resolve(FILE + ".new");
        try (Writer file = Files.newBufferedWriter(fresh)) {
            lines.store(file, null);
        }
        Files.move(fresh, work.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * {@return what was written}
     *
     * @throws IOException when it can't be read, or is not what this version writes
     */
    static RecordingState read(Path work) throws IOException {
        Properties lines = new Properties();
        try (Reader file = Files.newBufferedReader(work.resolve(FILE))) {
            lines.load(file);
            return of(lines);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException(work.resolve(FILE) + " is not as it should be: " + e.getMessage(), e);
        }
    }

    private static RecordingState of(Properties lines) {
        if (number(lines, "format") != FORMAT) {
            throw new IllegalArgumentException("another version wrote it");
        }
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < number(lines, "notes"); i++) {
            notes.add(text(lines, "note." + i));
        }
        List<RecordedJvm> jvms = new ArrayList<>();
        for (int i = 0; i < number(lines, "jvms"); i++) {
            String its = "jvm." + i;
            jvms.add(new RecordedJvm(
                    new ProcessId((int) number(lines, its + ".pid"), number(lines, its + ".started")),
                    text(lines, its + ".command"),
                    text(lines, its + ".repository"),
                    Boolean.parseBoolean(text(lines, its + ".held"))));
        }
        String directory = lines.getProperty("directory");
        Caller owner = new Caller(
                number(lines, "uid"),
                number(lines, "gid"),
                Arrays.stream(text(lines, "groups").split(" "))
                        .filter(word -> !word.isEmpty())
                        .map(Long::valueOf)
                        .collect(Collectors.toSet()),
                0,
                text(lines, "remote"));
        return new RecordingState(
                text(lines, "name"),
                directory == null ? null : Path.of(directory),
                owner,
                number(lines, "limit"),
                Instant.parse(text(lines, "begin")),
                text(lines, "session"),
                Boolean.parseBoolean(text(lines, "sessionHeld")),
                jvms,
                Phase.valueOf(text(lines, "phase")),
                notes);
    }

    private static String text(Properties lines, String key) {
        String value = lines.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("it has no " + key);
        }
        return value;
    }

    private static long number(Properties lines, String key) {
        return Long.parseLong(text(lines, key));
    }
}
