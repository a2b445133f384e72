package org.dyntrace.mbeans;

import java.beans.ConstructorProperties;
import java.util.List;

/** A tracepoint and its counts at one moment. */
public final class TracepointInfo {
    private final String name;
    private final String location;
    private final boolean entryExit;
    private final String tracer;
    private final List<String> arguments;
    private final long uid;
    private final long hits;
    private final long exits;
    private final long lost;
    private final int placed;
    private final int missing;
    private final boolean waiting;
    private final boolean enabled;
    private final long lastHit;
    private final long lastHitPrecision;

    /**
     * A tracepoint.
     *
     * @param name its name
     * @param location where it was asked for, as the grammar prints it
     * @param entryExit true for entry and exit
     * @param tracer the tracer's name
     * @param arguments the tracer's arguments
     * @param uid who placed it
     * @param hits hits so far; for entry/exit, entries
     * @param exits exits so far
     * @param lost hits that could not be recorded
     * @param placed how many places have it now; none while it is disabled
     * @param missing how many of those that were asked for can't have it: refused, unloaded, or not loaded yet
     * @param waiting whether it waits for a module to be loaded
     * @param enabled whether it is in the code; false after {@link ProcessMXBean#disable}
     * @param lastHit when the last hit was at the latest, milliseconds since 1970; 0 when no look at the counter has seen it grow
     * @param lastHitPrecision how much earlier it may have been, milliseconds
     */
    @ConstructorProperties({
        "name",
        "location",
        "entryExit",
        "tracer",
        "arguments",
        "uid",
        "hits",
        "exits",
        "lost",
        "placed",
        "missing",
        "waiting",
        "enabled",
        "lastHit",
        "lastHitPrecision"
    })
    public TracepointInfo(
            String name,
            String location,
            boolean entryExit,
            String tracer,
            List<String> arguments,
            long uid,
            long hits,
            long exits,
            long lost,
            int placed,
            int missing,
            boolean waiting,
            boolean enabled,
            long lastHit,
            long lastHitPrecision) {
        this.name = name;
        this.location = location;
        this.entryExit = entryExit;
        this.tracer = tracer;
        this.arguments = List.copyOf(arguments);
        this.uid = uid;
        this.hits = hits;
        this.exits = exits;
        this.lost = lost;
        this.placed = placed;
        this.missing = missing;
        this.waiting = waiting;
        this.enabled = enabled;
        this.lastHit = lastHit;
        this.lastHitPrecision = lastHitPrecision;
    }

    /** {@return its name} */
    public String getName() {
        return name;
    }

    /** {@return where it was asked for} */
    public String getLocation() {
        return location;
    }

    /** {@return true for entry and exit} */
    public boolean isEntryExit() {
        return entryExit;
    }

    /** {@return the tracer's name} */
    public String getTracer() {
        return tracer;
    }

    /** {@return the tracer's arguments} */
    public List<String> getArguments() {
        return arguments;
    }

    /** {@return who placed it} */
    public long getUid() {
        return uid;
    }

    /** {@return hits so far; for entry/exit, entries} */
    public long getHits() {
        return hits;
    }

    /** {@return exits so far} */
    public long getExits() {
        return exits;
    }

    /** {@return hits that could not be recorded} */
    public long getLost() {
        return lost;
    }

    /** {@return how many places have it now; none while it is disabled} */
    public int getPlaced() {
        return placed;
    }

    /** {@return how many of the places that were asked for can't have it: refused, unloaded, or not loaded yet} */
    public int getMissing() {
        return missing;
    }

    /** {@return whether it waits for a module to be loaded} */
    public boolean isWaiting() {
        return waiting;
    }

    /** {@return whether it is in the code; false after {@link ProcessMXBean#disable}} */
    public boolean isEnabled() {
        return enabled;
    }

    /** {@return when the last hit was at the latest, milliseconds since 1970; 0 when no look at the counter has seen it grow} */
    public long getLastHit() {
        return lastHit;
    }

    /** {@return how much earlier it may have been, milliseconds} */
    public long getLastHitPrecision() {
        return lastHitPrecision;
    }
}
