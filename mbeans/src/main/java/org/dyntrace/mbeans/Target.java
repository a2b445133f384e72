package org.dyntrace.mbeans;

import java.util.regex.Pattern;

/** Which process a request is for: {@code <pid|name>}. */
public sealed interface Target {
    /**
     * Reads a target. All digits make a pid.
     *
     * @param text a pid, or the file name of an executable
     * @return the target
     * @throws Failure BAD_REQUEST for an empty text, a name with a colon or slash, or a pid out of range
     */
    static Target parse(String text) {
        if (text.isEmpty()) {
            throw bad("A process is missing.");
        }
        if (Pid.DIGITS.matcher(text).matches()) {
            long value = text.length() > 10 ? Long.MAX_VALUE : Long.parseLong(text);
            if (value < 1 || value > Integer.MAX_VALUE) {
                throw bad(text + " is no pid.");
            }
            return new Pid(value);
        }
        if (text.chars().anyMatch(c -> c == ':' || c == '/' || Character.isISOControl(c))) {
            throw bad("'" + text + "' is no process name: it holds a colon, a slash or a control character.");
        }
        return new Name(text);
    }

    private static Failure bad(String what) {
        return new Failure(
                Reason.BAD_REQUEST,
                what,
                "Give a pid, or the file name of the program, as 'dyntrace list-processes' shows it.");
    }

    /**
     * A process by its number.
     *
     * @param value its pid in the daemon's pid namespace, ≥ 1
     */
    record Pid(long value) implements Target {
        private static final Pattern DIGITS = Pattern.compile("[0-9]+");

        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /**
     * The one process that has this name.
     *
     * @param value the file name of its executable
     */
    record Name(String value) implements Target {
        @Override
        public String toString() {
            return value;
        }
    }
}
