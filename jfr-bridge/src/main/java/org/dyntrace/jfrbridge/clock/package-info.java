/** One clock: JFR's counters are mapped to the clock of LTTng, which is CLOCK_MONOTONIC and a constant. */
package org.dyntrace.jfrbridge.clock;
