package org.dyntrace.mbeans;

/** A tracepoint: {@code dyntrace:type=Tracepoint,pid=…,name=…}. */
@Description("A tracepoint and its counts.")
public interface TracepointMXBean {
    /** {@return what it is and its counts now} */
    @Description("What it is and its counts now.")
    TracepointInfo getInfo();

    /** {@return hits so far; for entry/exit, entries} */
    @Description("Hits so far; for entry/exit, entries.")
    @Unit("hits")
    long getHits();

    /** {@return exits so far; 0 unless entry/exit} */
    @Description("Exits so far; 0 unless entry/exit.")
    @Unit("exits")
    long getExits();

    /** {@return hits that could not be recorded} */
    @Description("Hits that could not be recorded.")
    @Unit("hits")
    long getLost();

    /** Removes it. */
    @Changes
    @Description("Removes it.")
    void remove();
}
