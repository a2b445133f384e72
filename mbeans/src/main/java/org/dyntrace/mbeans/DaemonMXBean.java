package org.dyntrace.mbeans;

import java.util.Date;
import java.util.List;
import java.util.Map;

/** The daemon itself: {@code dyntrace:type=Daemon}. Targets are given as the commands take them: a pid or a name. */
@Description("The dyntrace daemon: attaches to processes and lists those that hold an agent.")
public interface DaemonMXBean {
    /** {@return the daemon's version} */
    @Description("The version of dyntrace.")
    String getVersion();

    /** {@return the daemon's pid} */
    @Description("The process id of the daemon.")
    long getPid();

    /** {@return the run directory} */
    @Description("The directory of its sockets.")
    String getRunDirectory();

    /** {@return how the daemon is set up} */
    @Description("How it is set up.")
    Map<String, String> getSettings();

    /** {@return when the daemon began} */
    @Description("When it began.")
    Date getStartDate();

    /** {@return how long the daemon has been running} */
    @Description("How long it has been running.")
    @Unit("ms")
    long getUptime();

    /** {@return open connections of clients over its socket} */
    @Description("Open connections of clients over its socket.")
    @Unit("connections")
    int getConnections();

    /** {@return agents that are connected} */
    @Description("Agents that are connected.")
    @Unit("agents")
    int getAgents();

    /** {@return tracepoints of all processes} */
    @Description("Tracepoints of all processes, the disabled ones too.")
    @Unit("tracepoints")
    int getTracepoints();

    /** {@return operations and attributes that clients have asked its MBeans for} */
    @Description("How many operations and attributes of its MBeans clients have asked for.")
    @Unit("requests")
    long getRequests();

    /** {@return how many of these failed} */
    @Description("How many of these failed.")
    @Unit("requests")
    long getFailures();

    /** {@return heap that the daemon uses} */
    @Description("Heap that it uses, garbage included.")
    @Unit("bytes")
    long getHeapUsed();

    /** {@return threads of the daemon} */
    @Description("Its threads.")
    @Unit("threads")
    int getThreads();

    /** {@return processes that have no agent and may get one, by pid; whether one really can is seen when it is tried} */
    @Description("Lists the processes that have no agent and may get one, by pid.")
    List<ProcessInfo> listAttachable();

    /** {@return the processes that hold an agent, by pid} */
    @Description("Lists the processes that hold an agent, by pid.")
    List<ProcessInfo> listProcesses();

    /**
     * Loads the agent into a running process; does nothing when it holds one already.
     *
     * @param target a pid or a name
     * @return the process
     */
    @Changes
    @Description("Loads the agent into a running process; does nothing when it holds one already.")
    ProcessInfo attach(
            @Description(name = "target", value = "A pid, or the name of one running process.") String target);

    /**
     * Finds the process that holds an agent.
     *
     * @param target a pid or a name
     * @return the process
     */
    @Description("Finds the process that holds an agent.")
    ProcessInfo find(@Description(name = "target", value = "A pid, or the name of one process.") String target);

    /**
     * Compares the code that a process has in its memory with the files that it comes from, without stopping it. The process
     * needs no agent. Files only: not what a JIT compiler makes, so no Java methods.
     *
     * @param target a pid or a name
     * @return each difference and whose it is
     */
    @Description("Compares the code in a process's memory with its files, and tells each difference and whose it is.")
    VerifyInfo verify(
            @Description(name = "target", value = "A pid, or the name of one running process.") String target);
}
