package org.dyntrace.mbeans;

import java.util.List;

/** The daemon itself: {@code dyntrace:type=Daemon}. Targets are given as the commands take them: a pid or a name. */
public interface DaemonMXBean {
    /** {@return the daemon's version} */
    String getVersion();

    /** {@return the daemon's pid} */
    long getPid();

    /** {@return the run directory} */
    String getRunDirectory();

    /** {@return the processes that hold an agent, by pid} */
    List<ProcessInfo> listProcesses();

    /**
     * Loads the agent into a running process; does nothing when it holds one already.
     *
     * @param target a pid or a name
     * @return the process
     */
    ProcessInfo attach(String target);

    /**
     * Finds the process that holds an agent.
     *
     * @param target a pid or a name
     * @return the process
     */
    ProcessInfo find(String target);
}
