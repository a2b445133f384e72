package org.dyntrace.daemon.jmx;

import java.nio.file.Path;

/**
 * What goes into targets.
 *
 * @param agent the native agent
 * @param lttng the lttng tracer
 * @param javaAgent the Java agent
 * @param libraries the folder of the Java agent's native libraries
 * @param rundir where agents find this daemon
 */
public record TracerFiles(Path agent, Path lttng, Path javaAgent, Path libraries, Path rundir) {}
