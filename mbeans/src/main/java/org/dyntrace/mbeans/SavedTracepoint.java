package org.dyntrace.mbeans;

import java.util.List;

/**
 * A tracepoint of a {@link TracepointSet}: what {@code dyntrace add} would place.
 *
 * @param location where
 * @param entryExit true for entry and exit
 * @param name its name, or empty for the next free tp-N
 * @param tracer what to do on a hit
 */
public record SavedTracepoint(Location location, boolean entryExit, String name, TracerSpec tracer) {
    /**
     * Reads what follows {@code dyntrace add <pid>:}.
     *
     * @param words location, options, tracer, its arguments
     * @return the tracepoint
     * @throws Failure BAD_REQUEST, NO_SUCH_TRACER when they don't fit the grammar
     */
    static SavedTracepoint parse(List<String> words) {
        boolean entryExit = false;
        String name = "";
        int at = 1;
        for (; at < words.size() && words.get(at).startsWith("-"); at++) {
            if (words.get(at).equals("-e")) {
                entryExit = true;
            } else if (words.get(at).equals("-n") && at + 1 < words.size()) {
                name = TargetedTracepoint.checkName(words.get(++at));
            } else {
                throw misfit("'" + words.get(at) + "' is no option here.");
            }
        }
        if (at >= words.size()) {
            throw misfit("The tracer is missing.");
        }
        Location location = Location.parse(words.get(0));
        return new SavedTracepoint(
                location, entryExit, name, TracerSpec.parse(words.get(at), words.subList(at + 1, words.size())));
    }

    private static Failure misfit(String what) {
        return new Failure(
                Reason.BAD_REQUEST,
                what,
                "Write: <location> [-e] [-n NAME] <tracer> [tracer args...], as 'add' has it.");
    }

    /**
     * Compares it with one that is there.
     *
     * @param placed a tracepoint of a process
     * @return whether that one is what this one would be, its name included
     */
    public boolean isLike(TracepointInfo placed) {
        return placed.getName().equals(name)
                && placed.getLocation().equals(location.toString())
                && placed.isEntryExit() == entryExit
                && placed.getTracer().equals(tracer.tracer().word())
                && placed.getArguments().equals(tracer.words());
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(Words.quoted(location.toString()));
        if (entryExit) {
            line.append(" -e");
        }
        if (!name.isEmpty()) {
            line.append(" -n ").append(Words.quoted(name));
        }
        line.append(' ').append(tracer.tracer().word());
        tracer.words().forEach(word -> line.append(' ').append(Words.quoted(word)));
        return line.toString();
    }
}
