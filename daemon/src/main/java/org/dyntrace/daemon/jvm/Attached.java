package org.dyntrace.daemon.jvm;

import java.time.Duration;

/**
 * How the agent came into a JVM.
 *
 * @param took from the request until the agent had started
 * @param woken whether the JVM's attach listener had to be woken first
 * @param copied whether files were copied to where the JVM sees them; they are gone again
 * @param warned whether the JVM has printed its warning about agents that are loaded while it runs (Java 21 or later, not started
 *     with -XX:+EnableDynamicAgentLoading)
 */
public record Attached(Duration took, boolean woken, boolean copied, boolean warned) {}
