package org.dyntrace.daemon.inject;

import java.util.OptionalInt;

/**
 * What an injection came to.
 *
 * @param handle what the target's dlopen returned; 0 when the library is loaded but the thread gave no report
 * @param startResult what the start function returned; empty when the library has none, or the thread gave no report
 * @param totalNanos from the request to the end, ns
 * @param stoppedNanos the longest time that a thread of the target was kept from its own work, from its stop to its release, ns; on
 *     a busy machine that includes its waiting for a processor. All other threads ran on
 * @param attempts how many threads were entered until one could load, ≥ 1
 * @param tid the thread that did
 */
public record InjectionResult(
        long handle, OptionalInt startResult, long totalNanos, long stoppedNanos, int attempts, int tid) {}
