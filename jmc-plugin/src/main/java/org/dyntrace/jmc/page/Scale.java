package org.dyntrace.jmc.page;

import java.text.NumberFormat;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Which buckets a chart has room for, and how high a count is in it.
 *
 * @param first bucket
 * @param slots how many from there on
 * @param most the count that is as high as the chart
 * @param logarithmic whether heights are logarithms
 */
record Scale(int first, int slots, long most, boolean logarithmic) {
    /** Fewer would make broad blocks of bars. */
    private static final int LEAST_SLOTS = 24;

    private static final int DECADE = 10;

    /** Below, more than decades are named. */
    private static final int FEW = 100;

    static Scale of(Bars bars, boolean logarithmic) {
        int[] filled = bars.filled();
        if (filled.length == 0) {
            return new Scale(0, LEAST_SLOTS, 1, logarithmic);
        }
        int from = Math.max(0, filled[0] - 1);
        int to = Math.min(Buckets.count(), filled[filled.length - 1] + 2);
        int missing = Math.max(0, LEAST_SLOTS - (to - from));
        from = Math.max(0, from - missing / 2);
        to = Math.min(Buckets.count(), Math.max(to, from + LEAST_SLOTS));
        return new Scale(from, to - from, Math.max(1, bars.most()), logarithmic);
    }

    /** {@return from 0 to 1} */
    double height(long count) {
        return logarithmic ? Math.log1p((double) count) / Math.log1p((double) most) : (double) count / most;
    }

    /** {@return counts to be named beside the chart, at most so many, or about one a decade} */
    long[] marks(int room) {
        if (logarithmic) {
            return LongStream.iterate(1, decade -> decade <= most, decade -> decade * DECADE)
                    .flatMap(decade ->
                            most < FEW ? LongStream.of(decade, 2 * decade, 5 * decade) : LongStream.of(decade))
                    .filter(count -> count <= most)
                    .toArray();
        }
        long step = step(Math.max(1, most / Math.max(1, room)));
        return LongStream.rangeClosed(0, most / step).map(i -> i * step).toArray();
    }

    /** {@return 1, 2, 5, 10, 20 and so on, that is no less} */
    private static long step(long least) {
        long decade = 1;
        while (decade * DECADE <= least) {
            decade *= DECADE;
        }
        for (long factor : new long[] {1, 2, 5}) {
            if (factor * decade >= least) {
                return factor * decade;
            }
        }
        return DECADE * decade;
    }

    static String number(long count) {
        return NumberFormat.getIntegerInstance().format(count);
    }

    /**
     * Chooses the buckets whose beginning is named below the chart: all, or 1, 2 and 5 of each decade, or 1, as there is room.
     *
     * @param width that a name takes
     * @param room for all
     */
    int[] bounds(ToIntFunction<String> width, int room) {
        int[] found = new int[0];
        for (IntPredicate level : List.<IntPredicate>of(
                bucket -> true, bucket -> isRound(bucket, 1, 2, 5), bucket -> isRound(bucket, 1))) {
            found = IntStream.range(first, first + slots).filter(level).toArray();
            if (fits(found, width, room)) {
                return found;
            }
        }
        return found;
    }

    private boolean fits(int[] buckets, ToIntFunction<String> width, int room) {
        for (int i = 1; i < buckets.length; i++) {
            double gap = (buckets[i] - buckets[i - 1]) * (double) room / slots;
            if (width.applyAsInt(Nanos.text(Buckets.from(buckets[i]))) > gap) {
                return false;
            }
        }
        return true;
    }

    private static boolean isRound(int bucket, long... heads) {
        long head = Buckets.from(bucket);
        while (head >= DECADE && head % DECADE == 0) {
            head /= DECADE;
        }
        long found = head;
        return found == 0 || LongStream.of(heads).anyMatch(each -> each == found);
    }
}
