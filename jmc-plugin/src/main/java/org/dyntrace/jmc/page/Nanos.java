package org.dyntrace.jmc.page;

import java.text.NumberFormat;
import org.openjdk.jmc.common.IDisplayable;
import org.openjdk.jmc.common.unit.UnitLookup;

/** Durations in words, as JMC has them on its other pages. */
final class Nanos {
    private static final double LITTLE = 0.001;

    private Nanos() {}

    static String text(long nanos) {
        return UnitLookup.NANOSECOND.quantity(nanos).displayUsing(IDisplayable.AUTO);
    }

    /** {@return the bounds of a bucket, and how many calls are in it} */
    static String bucket(Bars bars, int bucket) {
        long count = bars.counts()[bucket];
        return Text.BUCKET.of(text(Buckets.from(bucket)), text(Buckets.to(bucket)), count, share(count, bars.total()));
    }

    private static String share(long count, long total) {
        NumberFormat format = NumberFormat.getPercentInstance();
        format.setMaximumFractionDigits(1);
        double share = total == 0 ? 0 : (double) count / total;
        return count > 0 && share < LITTLE ? Text.LITTLE.of(format.format(LITTLE)) : format.format(share);
    }
}
