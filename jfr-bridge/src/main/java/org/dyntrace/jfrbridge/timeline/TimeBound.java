package org.dyntrace.jfrbridge.timeline;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/**
 * Where a part of a timeline begins or ends.
 *
 * @param instant in ns since 1970, where it is one
 * @param time of the day on which the timeline begins, here; null where an instant is meant
 * @param relative in ns since the timeline's beginning; null where something else is meant
 */
public record TimeBound(long instant, LocalTime time, Long relative) {
    private static final long SECOND = 1_000_000_000L;

    /**
     * Reads one: {@code 10:14:23.5} (today's or yesterday's, as the recording is), {@code 2026-11-25T10:14:23Z}, seconds since 1970, or
     * {@code +1.5} for seconds from the beginning.
     *
     * @param text what somebody typed
     * @return the bound
     * @throws IllegalArgumentException if it is none of these
     */
    public static TimeBound parse(String text) {
        try {
            if (text.startsWith("+")) {
                return new TimeBound(0, null, seconds(text.substring(1)));
            }
            if (text.matches("\\d+(\\.\\d+)?")) {
                return new TimeBound(seconds(text), null, null);
            }
            if (text.matches("\\d?\\d:\\d\\d.*")) {
                return new TimeBound(0, LocalTime.parse(text.charAt(1) == ':' ? "0" + text : text), null);
            }
            Instant instant = text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
            return new TimeBound(nanos(instant), null, null);
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no time: 10:14:23.5, 2026-11-25T10:14:23Z, +1.5 for seconds"
                            + " from the beginning, or seconds since 1970 are",
                    e);
        }
    }

    private static long seconds(String text) {
        return new BigDecimal(text)
                .movePointRight(9)
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    private static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
    }

    /** {@return it in ns since 1970, if the timeline begins then} */
    long nanos(long beginning) {
        if (relative != null) {
            return beginning + relative;
        }
        return time == null
                ? instant
                : nanos(Instant.ofEpochSecond(Math.floorDiv(beginning, SECOND))
                        .atZone(ZoneId.systemDefault())
                        .toLocalDate()
                        .atTime(time)
                        .atZone(ZoneId.systemDefault())
                        .toInstant());
    }
}
