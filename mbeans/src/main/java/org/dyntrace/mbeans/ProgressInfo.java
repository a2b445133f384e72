package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;

/** How far a long request is. */
public final class ProgressInfo {
    private final int done;
    private final int all;

    /**
     * At one moment.
     *
     * @param done classes done
     * @param all classes in all; 0 when no such request is at work
     */
    @ConstructorProperties({"done", "all"})
    public ProgressInfo(int done, int all) {
        this.done = done;
        this.all = all;
    }

    /** {@return classes done} */
    public int getDone() {
        return done;
    }

    /** {@return classes in all; 0 when no such request is at work} */
    public int getAll() {
        return all;
    }
}
