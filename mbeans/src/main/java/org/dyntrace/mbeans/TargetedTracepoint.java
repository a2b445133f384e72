package org.dyntrace.mbeans;

import java.util.regex.Pattern;

/**
 * A tracepoint of a process: {@code <pid|name>:<tracepoint>}. The first colon separates.
 *
 * @param target the process
 * @param name the tracepoint's name
 */
public record TargetedTracepoint(Target target, String name) {
    /** The longest name of a tracepoint, in characters. */
    public static final int MAX_NAME = 63;

    private static final Pattern NAME = Pattern.compile("[!-~]{1," + MAX_NAME + "}");

    /**
     * Reads a targeted tracepoint.
     *
     * @param text such as {@code 4711:tp-0}
     * @return the tracepoint's name and its process
     * @throws Failure BAD_REQUEST when the text does not fit the grammar
     */
    public static TargetedTracepoint parse(String text) {
        Colon parts = Colon.split(text, "<tracepoint>", "4711:tp-0");
        return new TargetedTracepoint(Target.parse(parts.before()), checkName(parts.behind()));
    }

    /**
     * Checks a name that someone gave to a tracepoint.
     *
     * @param name 1 to {@link #MAX_NAME} ASCII characters, no blanks
     * @return the name
     * @throws Failure BAD_REQUEST for any other
     */
    public static String checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "'" + name + "' is no name for a tracepoint.",
                    "Use 1 to " + MAX_NAME + " ASCII characters without blanks, such as my-probe.");
        }
        return name;
    }

    @Override
    public String toString() {
        return target + ":" + name;
    }
}
