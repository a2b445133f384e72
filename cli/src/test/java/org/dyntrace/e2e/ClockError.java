package org.dyntrace.e2e;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far apart the two recordings of hits are on the timeline, in ns, as {@code dyntrace report --json} says. */
record ClockError(long pairs, long median, long p99, long max) {
    private static final Pattern CLOCK =
            Pattern.compile("\"pairs\":(\\d+),\"median\":(\\d+),\"p99\":(\\d+),\"max\":(\\d+)");

    static ClockError of(String report) {
        Matcher matcher = CLOCK.matcher(report);
        if (!matcher.find()) {
            throw new AssertionError("no clock: " + report);
        }
        return new ClockError(
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)));
    }
}
