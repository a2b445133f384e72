package org.dyntrace.mbeans;

import java.util.Date;
import java.util.List;

/** A process that holds an agent: {@code dyntrace:type=Process,pid=…}. */
@Description("A process that holds an agent: its functions and tracepoints.")
public interface ProcessMXBean {
    /** {@return its pid} */
    @Description("Its pid, as the daemon sees it.")
    long getPid();

    /** {@return the name that commands take} */
    @Description("The file name of its program.")
    String getName();

    /** {@return "native" or "jvm"} */
    @Description("native or jvm.")
    String getKind();

    /** {@return its arguments, the program first} */
    @Description("Its arguments, the program first.")
    List<String> getCommandLine();

    /** {@return its effective user id} */
    @Description("Its effective user id.")
    long getUid();

    /** {@return that user's name} */
    @Description("The name of that user, or the number if it has none.")
    String getOwner();

    /** {@return when it was started} */
    @Description("When it was started.")
    Date getStartDate();

    /** {@return its agents} */
    @Description("Its agents: native, java, or both.")
    List<String> getAgents();

    /** {@return names of its tracepoints} */
    @Description("The names of its tracepoints.")
    List<String> getTracepoints();

    /** {@return what the listings show of it} */
    @Description("What the listings show of it.")
    ProcessInfo getInfo();

    /**
     * Lists functions.
     *
     * @param filter a location (symbol, glob, /regex/, each with @module) or a plain part of a name; empty for all
     * @param offset how many to skip, ≥ 0
     * @param limit how many at the most, 1 to 10000
     * @return that page, ordered by module and address; shorter than the limit at the end
     */
    @Description("Lists functions, a page at a time, ordered by module and address.")
    List<SymbolInfo> listSymbols(
            @Description(
                            name = "filter",
                            value = "A symbol, glob or /regex/, each with @module, or a part of a name; empty for all.")
                    String filter,
            @Description(name = "offset", value = "How many to skip, 0 or more.") @Unit("functions") int offset,
            @Description(name = "limit", value = "How many at the most, 1 to 10000.") @Unit("functions") int limit);

    /**
     * Says for native functions how each would be patched for a tracepoint, without touching the process.
     *
     * @param filter as for {@link #listSymbols}
     * @param entryExit whether their exits are wanted as well
     * @param offset how many to skip, ≥ 0
     * @param limit how many at the most, 1 to 10000
     * @return that page, ordered by module and address; shorter than the limit at the end
     */
    @Description("Says for native functions how each would be patched, or why not, without touching the process.")
    List<PlanInfo> plan(
            @Description(
                            name = "filter",
                            value = "A symbol, glob or /regex/, each with @module, or a part of a name; empty for all.")
                    String filter,
            @Description(name = "entryExit", value = "Whether exits are wanted as well.") boolean entryExit,
            @Description(name = "offset", value = "How many to skip, 0 or more.") @Unit("functions") int offset,
            @Description(name = "limit", value = "How many at the most, 1 to 10000.") @Unit("functions") int limit);

    /**
     * Plans all native functions, also those without a name, and counts; takes seconds for a big program.
     *
     * @param entryExit whether their exits are wanted as well
     * @return a ledger for each module, by address
     */
    @Description("Counts for each module how many functions can have a tracepoint, and why the others can't.")
    List<LedgerInfo> ledgers(
            @Description(name = "entryExit", value = "Whether exits are wanted as well.") boolean entryExit);

    /** {@return how far the request is that adds or removes a tracepoint now} */
    @Description("How far the request is that adds or removes a tracepoint now.")
    ProgressInfo getProgress();

    /** {@return all tracepoints, by name} */
    @Description("Lists its tracepoints with their counts now.")
    List<TracepointInfo> listTracepoints();

    /**
     * Lists the places of a tracepoint.
     *
     * @param name its name
     * @param missing only those that can't have it: refused, unloaded, or not loaded yet
     * @param offset how many to skip, ≥ 0
     * @param limit how many at the most, 1 to 10000
     * @return that page; shorter than the limit at the end
     */
    @Description("Lists the places of a tracepoint, a page at a time.")
    List<SiteInfo> listSites(
            @Description(name = "name", value = "The tracepoint's name.") String name,
            @Description(
                            name = "missing",
                            value = "Only those that can't have it: refused, unloaded, or not loaded yet.")
                    boolean missing,
            @Description(name = "offset", value = "How many to skip, 0 or more.") @Unit("places") int offset,
            @Description(name = "limit", value = "How many at the most, 1 to 10000.") @Unit("places") int limit);

    /**
     * Places a tracepoint.
     *
     * @param location where, see {@link Location}
     * @param entryExit true for a hit on entry and another on exit
     * @param name its name, or empty for the next free tp-N
     * @param tracer log, lttng, jfr or count
     * @param arguments the tracer's arguments: for log, the absolute path of a file, or none for the program's stdout;
     *     for all, --jfr for a JFR event as well
     * @return what was placed; {@link #listSites} tells which places were refused, and why
     */
    @Changes
    @Description("Places a tracepoint; listSites tells which places were refused, and why.")
    TracepointInfo add(
            @Description(
                            name = "location",
                            value = "symbol, symbol@module, glob*, /regex/, 0xADDRESS, symbol+0xOFFSET or"
                                    + " package.Class.method.")
                    String location,
            @Description(name = "entryExit", value = "True for a hit on entry and another on exit.") boolean entryExit,
            @Description(name = "name", value = "Its name, or empty for the next free tp-N.") String name,
            @Description(name = "tracer", value = "log, lttng, jfr or count.") String tracer,
            @Description(
                            name = "arguments",
                            value = "The tracer's arguments: for log, the absolute path of a file, or none for the"
                                    + " program's stdout.")
                    List<String> arguments);

    /**
     * Places a tracepoint, told in texts alone: JConsole and other general clients can't give a list.
     *
     * @param location as {@link #add} takes it
     * @param entryExit true for a hit on entry and another on exit
     * @param name its name, or empty for the next free tp-N
     * @param tracer the tracer and, after blanks, its arguments, as on the command line: {@code log /tmp/hits}
     * @return what was placed, as {@link #add}
     */
    @Changes
    @Description(
            "Places a tracepoint, told as on the command line; listSites tells which places were refused, and why.")
    TracepointInfo addTracepoint(
            @Description(
                            name = "location",
                            value = "symbol, symbol@module, glob*, /regex/, 0xADDRESS, symbol+0xOFFSET or"
                                    + " package.Class.method.")
                    String location,
            @Description(name = "entryExit", value = "True for a hit on entry and another on exit.") boolean entryExit,
            @Description(name = "name", value = "Its name, or empty for the next free tp-N.") String name,
            @Description(
                            name = "tracer",
                            value =
                                    "count, lttng, jfr, log, or log and the absolute path of a file; --jfr behind it for"
                                            + " a JFR event as well.")
                    String tracer);

    /**
     * Removes a tracepoint.
     *
     * @param name its name
     */
    @Changes
    @Description("Removes a tracepoint.")
    void remove(@Description(name = "name", value = "The tracepoint's name.") String name);

    /**
     * Takes a tracepoint out of the code, which is then as it was, and keeps all else of it: its name, its counts, its tracer and that
     * one's log file. Calls that have begun still get their exits. Does nothing when it is disabled already.
     *
     * @param name its name
     * @return what it is now
     */
    @Changes
    @Description("Takes a tracepoint out of the code; its name, counts, tracer and log file stay.")
    TracepointInfo disable(@Description(name = "name", value = "The tracepoint's name.") String name);

    /**
     * Puts a tracepoint that was disabled back into all its places. Does nothing when it is enabled already.
     *
     * @param name its name
     * @return what it is now; {@link #listSites} tells which places can't be had any more, and why
     */
    @Changes
    @Description("Puts a disabled tracepoint back; listSites tells which places can't be had any more, and why.")
    TracepointInfo enable(@Description(name = "name", value = "The tracepoint's name.") String name);

    /**
     * Compares the code that the process has in its memory with the files that it comes from, without stopping it.
     *
     * @return each difference and whose it is
     */
    @Description("Compares the code in its memory with its files, and tells each difference and whose it is.")
    VerifyInfo verify();

    /**
     * Removes all tracepoints and takes the agents out of the process. This MBean is gone afterwards.
     *
     * @return one sentence on what has to stay of them, or empty when nothing does
     */
    @Changes
    @Description("Removes all tracepoints and takes the agents out of the process; tells what has to stay of them.")
    String detach();
}
