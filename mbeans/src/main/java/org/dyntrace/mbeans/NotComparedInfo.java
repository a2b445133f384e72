package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;

/** Code of a process that can't be compared with a file, and why. */
public final class NotComparedInfo {
    private final String what;
    private final long bytes;
    private final String reason;

    /**
     * What was not compared.
     *
     * @param what a module's path, or what else it is
     * @param bytes how many
     * @param reason a sentence
     */
    @ConstructorProperties({"what", "bytes", "reason"})
    public NotComparedInfo(String what, long bytes, String reason) {
        this.what = what;
        this.bytes = bytes;
        this.reason = reason;
    }

    /** {@return a module's path, or what else it is} */
    public String getWhat() {
        return what;
    }

    /** {@return how many bytes} */
    public long getBytes() {
        return bytes;
    }

    /** {@return a sentence} */
    public String getReason() {
        return reason;
    }
}
