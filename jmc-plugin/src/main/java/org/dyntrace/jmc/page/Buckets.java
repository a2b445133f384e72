package org.dyntrace.jmc.page;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Intervals of durations, numbered from the shortest: ten a decade, each a quarter longer than the one before, with bounds that can be read. A call
 * that took exactly a bound is in the interval that begins there. What is below 100 ns is in intervals of whole ns, which are fewer.
 */
final class Buckets {
    /** Hundredths: the preferred numbers of ISO 3. */
    private static final long[] STEPS = {100, 125, 160, 200, 250, 320, 400, 500, 630, 800};

    private static final int DECADES = 19;

    /** Where each begins. */
    private static final long[] BOUNDS = LongStream.concat(
                    LongStream.of(0), IntStream.range(0, DECADES).boxed().flatMapToLong(Buckets::decade))
            .distinct()
            .toArray();

    private Buckets() {}

    private static LongStream decade(int exponent) {
        return Arrays.stream(STEPS).map(step -> exponent < 2 ? up(step * power(exponent)) : step * power(exponent - 2));
    }

    private static long up(long hundredths) {
        return (hundredths + 99) / 100;
    }

    private static long power(int exponent) {
        return (long) Math.pow(10, exponent);
    }

    /** {@return how many there are} */
    static int count() {
        return BOUNDS.length;
    }

    /** {@return the one that a duration is in} */
    static int of(long nanos) {
        int found = Arrays.binarySearch(BOUNDS, nanos);
        return found >= 0 ? found : -found - 2;
    }

    /** {@return the shortest duration that is in one, in ns} */
    static long from(int bucket) {
        return BOUNDS[bucket];
    }

    /** {@return where the next one begins, in ns} */
    static long to(int bucket) {
        return bucket + 1 < BOUNDS.length ? BOUNDS[bucket + 1] : Long.MAX_VALUE;
    }
}
