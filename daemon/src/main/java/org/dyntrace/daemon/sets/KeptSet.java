package org.dyntrace.daemon.sets;

import org.dyntrace.mbeans.TracepointSet;

/**
 * A set that is applied to each process to come that it is for.
 *
 * @param name its name
 * @param uid the user who keeps it
 * @param gid that user's group when he said so
 * @param set what is applied
 */
public record KeptSet(String name, long uid, long gid, TracepointSet set) {}
