package org.dyntrace.mbeans;

import java.util.Date;
import java.util.List;

/** A tracepoint: {@code dyntrace:type=Tracepoint,pid=…,name=…}. */
@Description("A tracepoint and its counts.")
public interface TracepointMXBean {
    /** So many places {@link #getSites} has at the most. */
    int SITES = 100;

    /** {@return what it is and its counts now} */
    @Description("What it is and its counts now.")
    TracepointInfo getInfo();

    /** {@return its name} */
    @Description("Its name.")
    String getName();

    /** {@return where it was asked for} */
    @Description("Where it was asked for.")
    String getLocation();

    /** {@return true for entry and exit} */
    @Description("True for a hit on entry and another on exit.")
    boolean isEntryExit();

    /** {@return its tracer and that one's arguments} */
    @Description("What is done on a hit: its tracer, and that one's arguments.")
    String getTracer();

    /** {@return who placed it} */
    @Description("The user id of who placed it.")
    long getUid();

    /** {@return its first {@value #SITES} places} */
    @Description("Its first 100 places, each with its state; the operation listSites of the process has all.")
    List<SiteInfo> getSites();

    /** {@return how many places have it now} */
    @Description("How many places have it now.")
    @Unit("places")
    int getPlaced();

    /** {@return how many places can't have it} */
    @Description("How many of the places that were asked for can't have it.")
    @Unit("places")
    int getMissing();

    /** {@return hits so far; for entry/exit, entries} */
    @Description("Hits so far; for entry/exit, entries.")
    @Unit("hits")
    long getHits();

    /** {@return exits so far; 0 unless entry/exit} */
    @Description("Exits so far; 0 unless entry/exit.")
    @Unit("exits")
    long getExits();

    /** {@return hits that could not be recorded} */
    @Description("Hits that could not be recorded.")
    @Unit("hits")
    long getLost();

    /**
     * How fast it is hit.
     *
     * @return hits per second since somebody last asked for this, or since the time before when that is less than a second ago; at first
     *     since it was placed, or the daemon began
     */
    @Description("Hits per second since this was last read, at least a second ago; at first since it was placed.")
    @Unit("hits/s")
    double getRate();

    /**
     * When it was last hit. Hits are not timed, for that would cost each of them: the counter is looked at every 5 seconds, and when somebody
     * asks.
     *
     * @return the first look that saw the count of now, or null when none saw it grow
     */
    @Description(
            "When it was last hit, at the latest: the first look at the counter that saw the count of now, or nothing.")
    Date getLastHit();

    /** {@return how much earlier the last hit may have been: the time since the look before} */
    @Description("How much earlier the last hit may have been: the time since the look at the counter before that.")
    @Unit("ms")
    long getLastHitPrecision();

    /** {@return whether it is in the code; false after {@link #disable}} */
    @Description("Whether it is in the code; false after disable.")
    boolean isEnabled();

    /** Takes it out of the code; all else of it stays. */
    @Changes
    @Description("Takes it out of the code; its name, counts, tracer and log file stay.")
    void disable();

    /** Puts it back where it was. */
    @Changes
    @Description("Puts it back where it was.")
    void enable();

    /** Removes it. */
    @Changes
    @Description("Removes it.")
    void remove();
}
