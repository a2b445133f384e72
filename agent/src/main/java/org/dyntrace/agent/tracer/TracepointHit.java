package org.dyntrace.agent.tracer;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** A hit of a point tracepoint. */
@Name("dyntrace.TracepointHit")
@Label("Tracepoint Hit")
@Category("Dyntrace")
@Description("A thread came to a tracepoint")
@StackTrace(false)
@Registered(false)
final class TracepointHit extends Event {
    @Label("Tracepoint")
    @Description("Name of the tracepoint")
    String tracepoint;

    @Label("Symbol")
    @Description("The method with the tracepoint")
    String symbol;

    @Label("Address")
    @Description("Insertion address: the stable id of the method, the same as in LTTng traces")
    @MemoryAddress
    long address;
}
