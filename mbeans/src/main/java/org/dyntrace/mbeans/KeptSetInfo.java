package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;

/** A set of tracepoints that is applied to each process to come that it is for. */
public final class KeptSetInfo {
    private final String name;
    private final long uid;
    private final String text;

    /**
     * A kept set.
     *
     * @param name its name
     * @param uid who keeps it; its log files are opened with this user's rights
     * @param text the set, see {@link TracepointSet}
     */
    @ConstructorProperties({"name", "uid", "text"})
    public KeptSetInfo(String name, long uid, String text) {
        this.name = name;
        this.uid = uid;
        this.text = text;
    }

    /** {@return its name} */
    public String getName() {
        return name;
    }

    /** {@return who keeps it} */
    public long getUid() {
        return uid;
    }

    /** {@return the set as a text} */
    public String getText() {
        return text;
    }
}
