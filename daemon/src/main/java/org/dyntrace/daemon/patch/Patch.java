package org.dyntrace.daemon.patch;

import java.util.Arrays;
import org.dyntrace.daemon.code.Relocated;
import org.dyntrace.daemon.code.Window;
import org.dyntrace.daemon.proc.StoppedThread;

/**
 * What is to be written at one window.
 *
 * @param window the window
 * @param before the bytes that are there now
 * @param after the bytes that shall be there
 * @param moved its instructions, if the original ones are there now and get replaced; else null
 * @param copy where these are
 */
record Patch(Window window, byte[] before, byte[] after, Relocated moved, long copy) {
    /** {@return whether instructions are replaced, as of now executed elsewhere} */
    boolean fresh() {
        return moved != null;
    }

    /** {@return where the instructions behind the first one began} */
    long[] inner() {
        return fresh()
                ? Arrays.stream(window.boundaries())
                        .filter(boundary -> boundary > 0)
                        .mapToLong(boundary -> window.start() + boundary)
                        .toArray()
                : new long[0];
    }

    /** Moves a thread that stands inside the bytes to their copy; {@return false if there is none} */
    boolean moveOut(StoppedThread thread) {
        return thread.relocate(window.start(), window.end(), pc -> {
            int at = moved.newOffset((int) (pc - window.start()));
            return at < 0 ? 0 : copy + at;
        });
    }
}
