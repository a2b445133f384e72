package org.dyntrace.e2e;

/** The counters of a tracepoint. */
record Counts(long hits, long exits, long lost) {}
