package org.dyntrace.jfrbridge.report;

import java.util.Locale;

/** Numbers for people. */
final class Words {
    private Words() {}

    static String time(long nanos) {
        return nanos < 1000
                ? nanos + " ns"
                : nanos < 1_000_000
                        ? String.format(Locale.ROOT, "%.1f us", nanos / 1e3)
                        : nanos < 1_000_000_000
                                ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6)
                                : String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    static String rate(double perSecond) {
        return perSecond < 10
                ? String.format(Locale.ROOT, "%.2f/s", perSecond)
                : String.format(Locale.ROOT, "%.0f/s", perSecond);
    }
}
