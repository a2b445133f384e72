package org.dyntrace.jmc.page;

import java.util.Arrays;
import org.openjdk.jmc.common.IState;
import org.openjdk.jmc.common.IWritableState;

/**
 * How the user has arranged the page, which JMC keeps.
 *
 * @param logarithmic whether bars are as high as the logarithm of their counts
 * @param weights of the table and the chart
 */
record Layout(boolean logarithmic, int[] weights) {
    private static final String LOGARITHMIC = "logarithmic";
    private static final String WEIGHTS = "weights";
    private static final int[] USUAL = {2, 3};

    static Layout of(IState state) {
        if (state == null) {
            return new Layout(false, USUAL);
        }
        return new Layout(Boolean.parseBoolean(state.getAttribute(LOGARITHMIC)), weights(state.getAttribute(WEIGHTS)));
    }

    private static int[] weights(String text) {
        // It may have been written by another version.
        return text == null || !text.matches("[1-9]\\d{0,5} [1-9]\\d{0,5}")
                ? USUAL
                : Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    void saveTo(IWritableState state) {
        state.putString(LOGARITHMIC, Boolean.toString(logarithmic));
        state.putString(WEIGHTS, weights[0] + " " + weights[1]);
    }
}
