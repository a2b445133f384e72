package org.dyntrace.bench;

import jdk.jfr.Event;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The same with a duration, with the same fields as our events. */
@Name("dyntrace.bench.HandWrittenCall")
@StackTrace(false)
final class HandWrittenCall extends Event {
    String tracepoint;

    String symbol;

    @MemoryAddress
    long address;
}
