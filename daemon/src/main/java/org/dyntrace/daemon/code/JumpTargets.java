package org.dyntrace.daemon.code;

import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Where the computed jumps of a function may lead.
 *
 * @param known whether these are all
 * @param places ascending, in the file's addresses; some may be places where no jump leads
 */
record JumpTargets(boolean known, long[] places) {
    static final JumpTargets NONE = new JumpTargets(true, new long[0]);
    static final JumpTargets UNKNOWN = new JumpTargets(false, new long[0]);

    static JumpTargets of(LongStream places) {
        return new JumpTargets(true, places.sorted().distinct().toArray());
    }

    /** {@return those of two parts of a function together} */
    JumpTargets and(JumpTargets other) {
        return known && other.known
                ? of(LongStream.concat(Arrays.stream(places), Arrays.stream(other.places)))
                : UNKNOWN;
    }

    /** {@return whether one may lead to a place from {@code start} to before {@code end}} */
    boolean reach(long start, long end) {
        int at = Arrays.binarySearch(places, start);
        at = at < 0 ? -at - 1 : at;
        return !known || at < places.length && places[at] < end;
    }
}
