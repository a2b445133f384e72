package org.dyntrace.jmc.tab;

import java.text.NumberFormat;
import java.util.Locale;

/** How numbers are shown. */
final class Numbers {
    private static final double MIB = 1024.0 * 1024;

    private Numbers() {}

    /** {@return a count, with the user's separators} */
    static String count(long count) {
        return NumberFormat.getIntegerInstance().format(count);
    }

    /** {@return the same, but nothing for 0, where that says that it is not known} */
    static String countUnlessZero(long count) {
        return count == 0 ? "" : count(count);
    }

    /** {@return hits per second; empty when not known} */
    static String rate(double rate) {
        if (Double.isNaN(rate)) {
            return "";
        }
        NumberFormat format = NumberFormat.getNumberInstance();
        format.setMaximumFractionDigits(rate < 100 ? 1 : 0);
        return format.format(rate);
    }

    /** {@return an address as dyntrace prints it} */
    static String address(long address) {
        return "0x" + Long.toHexString(address);
    }

    /** {@return bytes as MiB} */
    static String mebibytes(long bytes) {
        return Text.MIB.of(NumberFormat.getIntegerInstance().format(Math.round(bytes / MIB)));
    }

    /** {@return a time of day and its date} */
    static String time(long millis) {
        return String.format(Locale.getDefault(), "%tF %<tT", millis);
    }
}
