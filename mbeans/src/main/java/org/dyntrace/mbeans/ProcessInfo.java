package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;

/** A process that holds an agent. */
public final class ProcessInfo {
    private final long pid;
    private final String name;
    private final String kind;
    private final long uid;
    private final String owner;
    private final String command;
    private final long startTime;
    private final int tracepoints;
    private final String note;

    /**
     * A process.
     *
     * @param pid its pid in the daemon's pid namespace
     * @param name the name that commands take: the file name of its executable
     * @param kind "native" or "jvm"
     * @param uid its effective user id
     * @param owner that user's name, or the number if it has none
     * @param command its command line
     * @param startTime when it started, in clock ticks since boot, as in /proc/pid/stat
     * @param tracepoints how many tracepoints it has
     * @param note one sentence for who has just attached to it, or empty
     */
    @ConstructorProperties({"pid", "name", "kind", "uid", "owner", "command", "startTime", "tracepoints", "note"})
    public ProcessInfo(
            long pid,
            String name,
            String kind,
            long uid,
            String owner,
            String command,
            long startTime,
            int tracepoints,
            String note) {
        this.pid = pid;
        this.name = name;
        this.kind = kind;
        this.uid = uid;
        this.owner = owner;
        this.command = command;
        this.startTime = startTime;
        this.tracepoints = tracepoints;
        this.note = note;
    }

    /** {@return its pid in the daemon's pid namespace} */
    public long getPid() {
        return pid;
    }

    /** {@return the file name of its executable} */
    public String getName() {
        return name;
    }

    /** {@return "native" or "jvm"} */
    public String getKind() {
        return kind;
    }

    /** {@return its effective user id} */
    public long getUid() {
        return uid;
    }

    /** {@return the name of that user, or the number if it has none} */
    public String getOwner() {
        return owner;
    }

    /** {@return its command line} */
    public String getCommand() {
        return command;
    }

    /** {@return when it started, in clock ticks since boot} */
    public long getStartTime() {
        return startTime;
    }

    /** {@return how many tracepoints it has} */
    public int getTracepoints() {
        return tracepoints;
    }

    /** {@return one sentence for who has just attached to it, or empty} */
    public String getNote() {
        return note;
    }
}
