package org.dyntrace.daemon.target;

import org.dyntrace.mbeans.Location;
import org.dyntrace.mbeans.TracerSpec;

/**
 * A tracepoint that is wanted.
 *
 * @param location where
 * @param entryExit whether exits are wanted too
 * @param name its name, not empty
 * @param tracer its tracer
 * @param logDescriptor for log into a file: a descriptor of the daemon's, open for appending; else -1
 * @param uid who asks
 */
public record Placement(
        Location location, boolean entryExit, String name, TracerSpec tracer, int logDescriptor, long uid) {}
