package org.dyntrace.mbeans;

import java.util.Date;
import java.util.List;

/** A recording that goes on, or whose files wait to be fetched: {@code dyntrace:type=Recording,name=…}. */
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

    /** {@return whether it has ended, and its files wait to be fetched} */
    @Description("Whether it has ended, and its files wait to be fetched.")
    boolean isEnded();

    /** {@return the JVMs whose Flight Recorders take part} */
    @Description("The JVMs whose Flight Recorders take part.")
    List<RecordedJvmInfo> getJvms();

    /** {@return how much it takes on disk now: the trace, and what the JVMs have recorded} */
    @Description("How much it takes on disk now: the trace, and what the JVMs have recorded.")
    @Unit("bytes")
    long getDiskUse();

    /** {@return how much it may take on disk} */
    @Description("How much it may take on disk; the oldest events go then.")
    @Unit("bytes")
    long getLimit();

    /**
     * Ends it. Its files are in its directory then; a flight recorder leaves none. If they can't be written there, they are kept, and it can be
     * asked again.
     *
     * @return what it was
     */
    @Changes
    @Description("Ends it; its files are in its directory then.")
    RecordingInfo stop();

    /**
     * Ends it, and has its files go somewhere else than was said when it began.
     *
     * @param directory an absolute path that does not exist yet; who asks must be allowed to make it, and will own it
     * @return what it was
     */
    @Changes
    @Description("Ends it, and has its files go somewhere else than was said when it began.")
    RecordingInfo stopInto(
            @Description(name = "directory", value = "An absolute path that does not exist yet.") String directory);

    /**
     * Ends it, and deletes what was recorded.
     *
     * @return what it was
     */
    @Changes
    @Description("Ends it, and deletes what was recorded.")
    RecordingInfo discard();

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
