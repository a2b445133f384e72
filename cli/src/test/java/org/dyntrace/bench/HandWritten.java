package org.dyntrace.bench;

import jdk.jfr.Event;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What a program would emit by itself, with the same fields as our events. */
@Name("dyntrace.bench.HandWritten")
@StackTrace(false)
final class HandWritten extends Event {
    String tracepoint;

    String symbol;

    @MemoryAddress
    long address;
}
