package org.dyntrace.mbeans;

import java.util.List;

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
