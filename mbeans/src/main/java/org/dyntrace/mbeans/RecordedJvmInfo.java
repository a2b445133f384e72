package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;

/** A JVM whose Flight Recorder takes part in a recording, as it is now. */
public final class RecordedJvmInfo {
    private final int pid;
    private final boolean recording;
    private final long diskUse;

    /**
     * A JVM.
     *
     * @param pid its pid
     * @param recording whether it records, as far as is known
     * @param diskUse how much what it has recorded takes on its disk, in bytes; other recordings of that JVM since then are in it
     */
    @ConstructorProperties({"pid", "recording", "diskUse"})
    public RecordedJvmInfo(int pid, boolean recording, long diskUse) {
        this.pid = pid;
        this.recording = recording;
        this.diskUse = diskUse;
    }

    /** {@return its pid} */
    public int getPid() {
        return pid;
    }

    /** {@return whether it records, as far as is known} */
    public boolean isRecording() {
        return recording;
    }

    /** {@return how much what it has recorded takes on its disk, in bytes} */
    public long getDiskUse() {
        return diskUse;
    }
}
