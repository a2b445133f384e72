package org.dyntrace.mbeans;

/** A tracepoint: {@code dyntrace:type=Tracepoint,pid=…,name=…}. */
public interface TracepointMXBean {
    /** {@return what it is and its counts now} */
    TracepointInfo getInfo();

    /** {@return hits so far; for entry/exit, entries} */
    long getHits();

    /** {@return exits so far; 0 unless entry/exit} */
    long getExits();

    /** {@return hits that could not be recorded} */
    long getLost();

    /** Removes it. */
    void remove();
}
