package org.dyntrace.e2e;

/** How a command ended and what it said. */
record Result(int exitCode, String out, String err) {
    /** {@return what it printed, without the last line's end; fails unless it exited with 0} */
    String ok() {
        if (exitCode != 0) {
            throw new AssertionError(this);
        }
        return out.stripTrailing();
    }
}
