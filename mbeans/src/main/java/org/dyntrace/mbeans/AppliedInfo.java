package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;
import java.util.List;

/** What a set of tracepoints did to one process. */
public final class AppliedInfo {
    private final long pid;
    private final String name;
    private final List<String> placed;
    private final List<String> present;

    /**
     * A process that has got its tracepoints.
     *
     * @param pid its pid
     * @param name its name
     * @param placed the names of the tracepoints that it has got
     * @param present the names of those that it had already
     */
    @ConstructorProperties({"pid", "name", "placed", "present"})
    public AppliedInfo(long pid, String name, List<String> placed, List<String> present) {
        this.pid = pid;
        this.name = name;
        this.placed = List.copyOf(placed);
        this.present = List.copyOf(present);
    }

    /** {@return its pid} */
    public long getPid() {
        return pid;
    }

    /** {@return its name} */
    public String getName() {
        return name;
    }

    /** {@return the names of the tracepoints that it has got} */
    public List<String> getPlaced() {
        return placed;
    }

    /** {@return the names of those that it had already} */
    public List<String> getPresent() {
        return present;
    }
}
