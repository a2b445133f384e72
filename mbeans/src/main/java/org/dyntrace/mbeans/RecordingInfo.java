package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;
import java.util.List;

/** A recording of LTTng and of JVMs' Flight Recorders, as it is now. */
public final class RecordingInfo {
    private final String name;
    private final String directory;
    private final long uid;
    private final long started;
    private final List<Integer> processes;
    private final boolean flightRecorder;
    private final long limit;
    private final long diskUse;
    private final List<String> notes;

    /**
     * A recording.
     *
     * @param name its name
     * @param directory where its files go when it is stopped, or went; empty for a flight recorder, whose snapshots tell where
     * @param uid who has asked for it, and owns the files
     * @param started when it began, in ms since 1970
     * @param processes the pids of JVMs whose Flight Recorders take part
     * @param flightRecorder whether only the latest events are kept, in memory, for snapshots
     * @param limit how much it may take on disk, in bytes
     * @param diskUse how much LTTng's part takes now, in bytes
     * @param notes what is not as asked, in sentences
     */
    @ConstructorProperties({
        "name",
        "directory",
        "uid",
        "started",
        "processes",
        "flightRecorder",
        "limit",
        "diskUse",
        "notes"
    })
    public RecordingInfo(
            String name,
            String directory,
            long uid,
            long started,
            List<Integer> processes,
            boolean flightRecorder,
            long limit,
            long diskUse,
            List<String> notes) {
        this.name = name;
        this.directory = directory;
        this.uid = uid;
        this.started = started;
        this.processes = List.copyOf(processes);
        this.flightRecorder = flightRecorder;
        this.limit = limit;
        this.diskUse = diskUse;
        this.notes = List.copyOf(notes);
    }

    /** {@return its name} */
    public String getName() {
        return name;
    }

    /** {@return where its files go, or went; empty for a flight recorder} */
    public String getDirectory() {
        return directory;
    }

    /** {@return who has asked for it, and owns the files} */
    public long getUid() {
        return uid;
    }

    /** {@return when it began, in ms since 1970} */
    public long getStarted() {
        return started;
    }

    /** {@return the pids of JVMs whose Flight Recorders take part} */
    public List<Integer> getProcesses() {
        return processes;
    }

    /** {@return whether only the latest events are kept, in memory, for snapshots} */
    public boolean isFlightRecorder() {
        return flightRecorder;
    }

    /** {@return how much it may take on disk, in bytes} */
    public long getLimit() {
        return limit;
    }

    /** {@return how much LTTng's part takes on disk now, in bytes} */
    public long getDiskUse() {
        return diskUse;
    }

    /** {@return what is not as asked, in sentences} */
    public List<String> getNotes() {
        return notes;
    }
}
