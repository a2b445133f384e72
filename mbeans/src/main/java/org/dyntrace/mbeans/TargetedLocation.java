package org.dyntrace.mbeans;

/**
 * A place in a process: {@code <pid|name>:<location>}. The first colon separates.
 *
 * @param target the process
 * @param location the place
 */
public record TargetedLocation(Target target, Location location) {
    /**
     * Reads a targeted location.
     *
     * @param text such as {@code 4711:malloc@libc.so.6} or {@code server:ns::f(int)}
     * @return the location and its process
     * @throws Failure BAD_REQUEST when the text does not fit the grammar
     */
    public static TargetedLocation parse(String text) {
        Colon parts = Colon.split(text, "<location>", "4711:malloc@libc.so.6");
        return new TargetedLocation(Target.parse(parts.before()), Location.parse(parts.behind()));
    }

    @Override
    public String toString() {
        return target + ":" + location;
    }
}
