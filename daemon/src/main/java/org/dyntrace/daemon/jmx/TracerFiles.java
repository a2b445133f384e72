package org.dyntrace.daemon.jmx;

import java.nio.file.Path;

/**
 * What goes into targets.
 *
 * @param agent the native agent
 * @param lttng the lttng tracer
 * @param rundir where agents find this daemon
 */
public record TracerFiles(Path agent, Path lttng, Path rundir) {}
