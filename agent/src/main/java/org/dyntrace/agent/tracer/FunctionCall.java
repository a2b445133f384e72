package org.dyntrace.agent.tracer;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** A call of a method with an entry/exit tracepoint, from entry to exit. */
@Name("dyntrace.FunctionCall")
@Label("Function Call")
@Category("Dyntrace")
@Description("A call of a function with an entry/exit tracepoint, from its entry to its exit")
@StackTrace(false)
@Registered(false)
final class FunctionCall extends Event {
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
