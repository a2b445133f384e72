package org.dyntrace.mbeans;

import java.util.Date;
import java.util.List;

/** A recording that goes on: {@code dyntrace:type=Recording,name=…}. */
@Description("A recording of LTTng and of JVMs' Flight Recorders.")
public interface RecordingMXBean {
    /** {@return what it is now} */
    @Description("What it is now.")
    RecordingInfo getInfo();

    /** {@return its name} */
    @Description("Its name.")
    String getName();

    /** {@return where its files will be once it is stopped; empty for a flight recorder} */
    @Description("Where its files will be once it is stopped; empty for a flight recorder.")
    String getDirectory();

    /** {@return when it began} */
    @Description("When it began.")
    Date getStartDate();

    /** {@return the pids of JVMs whose Flight Recorders take part} */
    @Description("The pids of JVMs whose Flight Recorders take part.")
    List<Integer> getProcesses();

    /** {@return how much LTTng's part takes on disk now} */
    @Description("How much LTTng's part takes on disk now.")
    @Unit("bytes")
    long getDiskUse();

    /** {@return how much it may take on disk} */
    @Description("How much it may take on disk; the oldest events go then.")
    @Unit("bytes")
    long getLimit();

    /**
     * Ends it. Its files are in its directory then; a flight recorder leaves none.
     *
     * @return what it was
     */
    @Changes
    @Description("Ends it; its files are in its directory then.")
    RecordingInfo stop();

    /**
     * Writes what a flight recorder has kept into a new directory, and goes on.
     *
     * @param directory an absolute path that does not exist yet; who asks must be allowed to make it, and will own it
     * @return what it is; directory is that of the snapshot
     */
    @Changes
    @Description("Writes what a flight recorder has kept into a new directory, and goes on.")
    RecordingInfo snapshot(
            @Description(name = "directory", value = "An absolute path that does not exist yet.") String directory);
}
