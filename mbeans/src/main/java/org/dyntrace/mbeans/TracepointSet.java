package org.dyntrace.mbeans;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tracepoints as a text, for processes to come: what {@code dyntrace save} writes and {@code dyntrace apply} reads.
 *
 * <pre>{@code
 * dyntrace-set 1
 * # a part for each program: its path and, if given, build id
 * program /usr/bin/bash 8a3f5e...
 *     evalexp -e -n evaluations lttng
 * # or for the JVMs of a main class, or of a jar
 * java org.example.Main
 *     java.util.HashMap.put -n puts count
 * }</pre>
 *
 * Below each, indented, what would follow {@code dyntrace add <pid>:}, a tracepoint a line, with single quotes where a shell would
 * need them. Empty lines, and lines that begin with #, say nothing.
 *
 * @param parts for which processes, and which tracepoints
 */
public record TracepointSet(List<Part> parts) {
    /** The longest text that is read, in characters. */
    public static final int MAX_LENGTH = 1 << 20;

    private static final String HEAD = "dyntrace-set 1";

    /**
     * Tracepoints for processes of one kind.
     *
     * @param key which processes
     * @param tracepoints what each of them gets
     */
    public record Part(ProgramKey key, List<SavedTracepoint> tracepoints) {
        /** Copies the list. */
        public Part {
            tracepoints = List.copyOf(tracepoints);
        }
    }

    /** Copies the list. */
    public TracepointSet {
        parts = List.copyOf(parts);
    }

    /**
     * Reads a set.
     *
     * @param text a set as described above
     * @return the set
     * @throws Failure BAD_REQUEST or NO_SUCH_TRACER, with the line, when the text does not fit
     */
    public static TracepointSet parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new Failure(
                    Reason.BAD_REQUEST, "The set is longer than " + MAX_LENGTH + " characters.", "Make several of it.");
        }
        Reader reader = new Reader();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            try {
                reader.read(line);
            } catch (Failure failure) {
                throw new Failure(failure.reason(), "Line " + number + ": " + failure.getMessage(), failure.hint());
            }
        }
        return reader.set();
    }

    /** What has been read up to a line. */
    private static final class Reader {
        private final List<Part> parts = new ArrayList<>();
        private final List<SavedTracepoint> tracepoints = new ArrayList<>();
        private final Set<String> names = new HashSet<>();
        private final Set<ProgramKey> keys = new HashSet<>();
        private boolean begun;
        private ProgramKey key;

        void read(String line) {
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                return;
            }
            if (!begun) {
                begun = line.strip().equals(HEAD);
                if (!begun) {
                    throw new Failure(
                            Reason.BAD_REQUEST,
                            "This is no set of tracepoints: it does not begin with '" + HEAD + "'.",
                            "Make one with 'dyntrace save FILE'.");
                }
            } else if (Character.isWhitespace(line.charAt(0))) {
                tracepoint(line);
            } else {
                part(Words.split(line));
            }
        }

        private void tracepoint(String line) {
            if (key == null) {
                throw new Failure(
                        Reason.BAD_REQUEST,
                        "This tracepoint is for no program.",
                        "Write 'program PATH' or 'java CLASS' before it.");
            }
            SavedTracepoint tracepoint = SavedTracepoint.parse(Words.split(line));
            if (!tracepoint.name().isEmpty() && !names.add(tracepoint.name())) {
                throw new Failure(
                        Reason.BAD_REQUEST,
                        "'" + tracepoint.name() + "' comes twice for " + key.name() + ".",
                        "Give each tracepoint of a program a name of its own.");
            }
            tracepoints.add(tracepoint);
        }

        private void part(List<String> words) {
            end();
            boolean java = words.get(0).equals("java");
            if (!java && !words.get(0).equals("program") || words.size() < 2 || words.size() > (java ? 2 : 3)) {
                throw new Failure(
                        Reason.BAD_REQUEST,
                        "'" + String.join(" ", words) + "' says for no program what comes below.",
                        "Write 'program PATH [BUILD-ID]' or 'java CLASS', and indent the tracepoints below it.");
            }
            key = java
                    ? new ProgramKey.Java(words.get(1))
                    : new ProgramKey.Program(words.get(1), words.size() == 3 ? words.get(2) : "");
            if (!keys.add(key)) {
                throw new Failure(
                        Reason.BAD_REQUEST,
                        key.name() + " has a part already.",
                        "Put all of its tracepoints into one.");
            }
        }

        private void end() {
            if (key != null) {
                parts.add(new Part(key, tracepoints));
            }
            tracepoints.clear();
            names.clear();
        }

        TracepointSet set() {
            end();
            if (parts.stream().allMatch(part -> part.tracepoints().isEmpty())) {
                throw new Failure(
                        Reason.BAD_REQUEST, "The set holds no tracepoint.", "Make one with 'dyntrace save FILE'.");
            }
            return new TracepointSet(parts);
        }
    }

    /**
     * The same set with absolute log files: the daemon's working directory means nothing to who asks.
     *
     * @param directory where relative ones lie, absolute
     * @return a set
     */
    public TracepointSet in(Path directory) {
        return new TracepointSet(parts.stream()
                .map(part -> new Part(
                        part.key(),
                        part.tracepoints().stream()
                                .map(one -> new SavedTracepoint(
                                        one.location(),
                                        one.entryExit(),
                                        one.name(),
                                        one.tracer().in(directory)))
                                .toList()))
                .toList());
    }

    /** {@return the text of this set, which {@link #parse} reads again} */
    @Override
    public String toString() {
        return HEAD + "\n"
                + parts.stream()
                        .map(part -> part.key() + "\n"
                                + part.tracepoints().stream()
                                        .map(one -> "    " + one + "\n")
                                        .collect(Collectors.joining()))
                        .collect(Collectors.joining());
    }
}
