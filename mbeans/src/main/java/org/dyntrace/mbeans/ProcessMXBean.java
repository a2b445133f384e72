package org.dyntrace.mbeans;

import java.util.List;

/** A process that holds an agent: {@code dyntrace:type=Process,pid=…}. */
public interface ProcessMXBean {
    /** {@return what the listings show of it} */
    ProcessInfo getInfo();

    /**
     * Lists functions.
     *
     * @param filter a location (symbol, glob, /regex/, each with @module) or a plain part of a name; empty for all
     * @param offset how many to skip, ≥ 0
     * @param limit how many at the most, 1 to 10000
     * @return that page, ordered by module and address; shorter than the limit at the end
     */
    List<SymbolInfo> listSymbols(String filter, int offset, int limit);

    /** {@return how far the request is that adds or removes a tracepoint now} */
    ProgressInfo getProgress();

    /** {@return all tracepoints, by name} */
    List<TracepointInfo> listTracepoints();

    /**
     * Places a tracepoint.
     *
     * @param location where, see {@link Location}
     * @param entryExit true for a hit on entry and another on exit
     * @param name its name, or empty for the next free tp-N
     * @param tracer log, lttng, jfr or count
     * @param arguments the tracer's arguments: for log, the absolute path of a file, or none for the program's stdout;
     *     for all, --jfr for a JFR event as well
     * @return what was placed, with each site that was refused
     */
    TracepointInfo add(String location, boolean entryExit, String name, String tracer, List<String> arguments);

    /**
     * Removes a tracepoint.
     *
     * @param name its name
     */
    void remove(String name);
}
