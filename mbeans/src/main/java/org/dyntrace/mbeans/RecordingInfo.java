package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;
import java.util.List;

/** A recording of LTTng and of JVMs' Flight Recorders, as it is now. */
public final class RecordingInfo {
    private final String name;
    private final String directory;
    private final long uid;
    private final long started;
    private final boolean ended;
    private final boolean flightRecorder;
    private final long limit;
    private final long traceDiskUse;
    private final List<RecordedJvmInfo> jvms;
    private final List<String> notes;

    /**
     * A recording.
     *
     * @param name its name
     * @param directory where its files go when it is stopped, or went; empty for a flight recorder, whose snapshots tell where
     * @param uid who has asked for it, and owns the files
     * @param started when it began, in ms since 1970
     * @param ended whether it has ended, and its files wait to be fetched
     * @param flightRecorder whether only the latest events are kept, in memory, for snapshots
     * @param limit how much it may take on disk, in bytes
     * @param traceDiskUse how much the daemon has on disk for it now: LTTng's part, and once it has ended all of it; in bytes
     * @param jvms the JVMs whose Flight Recorders take part
     * @param notes what is not as asked, in sentences
     */
    @ConstructorProperties({
        "name",
        "directory",
        "uid",
        "started",
        "ended",
        "flightRecorder",
        "limit",
        "traceDiskUse",
        "jvms",
        "notes"
    })
    public RecordingInfo(
            String name,
            String directory,
            long uid,
            long started,
            boolean ended,
            boolean flightRecorder,
            long limit,
            long traceDiskUse,
            List<RecordedJvmInfo> jvms,
            List<String> notes) {
        this.name = name;
        this.directory = directory;
        this.uid = uid;
        this.started = started;
        this.ended = ended;
        this.flightRecorder = flightRecorder;
        this.limit = limit;
        this.traceDiskUse = traceDiskUse;
        this.jvms = List.copyOf(jvms);
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

    /** {@return whether it has ended, and its files wait to be fetched} */
    public boolean isEnded() {
        return ended;
    }

    /** {@return whether only the latest events are kept, in memory, for snapshots} */
    public boolean isFlightRecorder() {
        return flightRecorder;
    }

    /** {@return how much it may take on disk, in bytes} */
    public long getLimit() {
        return limit;
    }

    /** {@return how much it takes on disk now, in the daemon's directory and those of the JVMs, in bytes} */
    public long getDiskUse() {
        return traceDiskUse
                + jvms.stream().mapToLong(RecordedJvmInfo::getDiskUse).sum();
    }

    /** {@return how much the daemon has on disk for it now: LTTng's part, and once it has ended all of it; in bytes} */
    public long getTraceDiskUse() {
        return traceDiskUse;
    }

    /** {@return the JVMs whose Flight Recorders take part} */
    public List<RecordedJvmInfo> getJvms() {
        return jvms;
    }

    /** {@return what is not as asked, in sentences} */
    public List<String> getNotes() {
        return notes;
    }
}
