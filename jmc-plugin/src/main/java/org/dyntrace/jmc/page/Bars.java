package org.dyntrace.jmc.page;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many calls of some functions took how long.
 *
 * @param functions which
 * @param counts for each of the {@link Buckets}
 */
record Bars(List<FunctionCalls> functions, long[] counts) {
    static final Bars NONE = new Bars(List.of(), new long[Buckets.count()]);

    static Bars of(List<FunctionCalls> functions) {
        long[] counts = new long[Buckets.count()];
        functions.forEach(each -> each.countIn(counts));
        return new Bars(functions, counts);
    }

    /** {@return how many calls there are} */
    long total() {
        return Arrays.stream(counts).sum();
    }

    /** {@return how many there are in the bucket that has most} */
    long most() {
        return Arrays.stream(counts).max().orElse(0);
    }

    /** {@return buckets that have calls, in their order} */
    int[] filled() {
        return IntStream.range(0, counts.length).filter(i -> counts[i] > 0).toArray();
    }
}
