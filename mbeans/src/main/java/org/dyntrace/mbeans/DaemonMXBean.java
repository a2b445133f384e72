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

    /**
     * Writes tracepoints down for processes to come, see {@link TracepointSet}. Those of processes that run the same program go
     * together.
     *
     * @param targets pids or names of processes that hold an agent; none for all
     * @return the set; what can't be meant for another process, such as a bare address, is a comment in it
     */
    @Description("Writes tracepoints down as a text that apply takes.")
    String save(
            @Description(name = "targets", value = "Pids or names of processes with an agent; none for all.")
                    List<String> targets);

    /**
     * Places all tracepoints of a set in all running processes that it is for, or none at all. Brings the agent into those that have
     * none. A tracepoint that is there already, the same in all, stays as it is.
     *
     * @param set a text as {@link #save} returns it
     * @param targets pids or names of processes; none for all that run the set's programs
     * @param keepAs a name, to have it applied to each process that starts from now on as well; empty for once
     * @return what each process got, by pid
     */
    @Changes
    @Description("Places all tracepoints of a set in the processes that it is for, or none.")
    List<AppliedInfo> apply(
            @Description(name = "set", value = "A text as save returns it.") String set,
            @Description(name = "targets", value = "Pids or names; none for all processes of its programs.")
                    List<String> targets,
            @Description(
                            name = "keepAs",
                            value = "A name, to have it applied to processes to come as well; empty for once.")
                    String keepAs);

    /** {@return the sets that are applied to processes to come, by name} */
    @Description("Lists the sets that are applied to processes to come.")
    List<KeptSetInfo> listSets();

    /**
     * Keeps a set no longer. Tracepoints that it has placed stay.
     *
     * @param name its name
     */
    @Changes
    @Description("Keeps a set no longer; tracepoints that it has placed stay.")
    void forget(@Description(name = "name", value = "The set's name.") String name);

    /** {@return a name that no recording has} */
    @Description("A name that no recording has.")
    String freeRecordingName();

    /**
     * Starts a recording: a session of LTTng with all events of dyntrace, and the Flight Recorders of JVMs. It ends with the daemon at the
     * latest, unless that is killed: then the next one has it.
     *
     * @param name of it: letters, digits, dots, underscores and hyphens, 64 at the most
     * @param directory where its files go when it is stopped: an absolute path that does not exist yet; who asks must be allowed to make it, and
     *     will own it. Empty for a flight recorder, which keeps the latest events in memory for snapshots
     * @param targets JVMs by pid or name; may be none
     * @param settings of their Flight Recorders: default, profile, or the path of a .jfc file
     * @param limit how much it may take on disk, in bytes, 32 MiB for LTTng and for each JVM at least; the oldest events go then
     * @return what it is
     */
    @Changes
    @Description("Starts a recording of LTTng and of JVMs' Flight Recorders.")
    RecordingInfo startRecording(
            @Description(name = "name", value = "Its name.") String name,
            @Description(name = "directory", value = "An absolute path that does not exist; empty: flight recorder.")
                    String directory,
            @Description(name = "targets", value = "JVMs, by pid or name; may be none.") List<String> targets,
            @Description(name = "settings", value = "default, profile, or the path of a .jfc file.") String settings,
            @Description(name = "limit", value = "Bytes on disk at the most.") long limit);

    /** {@return the recordings that go on, and those whose files wait to be fetched, by name} */
    @Description("Lists the recordings that go on, and those whose files wait to be fetched.")
    List<RecordingInfo> listRecordings();

    /**
     * Ends a recording; its files are in its directory then. If they can't be written there, they are kept, and it can be asked again.
     *
     * @param name its name
     * @return what it was
     */
    @Changes
    @Description("Ends a recording; its files are in its directory then.")
    RecordingInfo stopRecording(@Description(name = "name", value = "Its name.") String name);

    /**
     * Ends a recording, and has its files go somewhere else than was said when it began.
     *
     * @param name its name
     * @param directory an absolute path that does not exist yet; who asks must be allowed to make it, and will own it
     * @return what it was
     */
    @Changes
    @Description("Ends a recording, and has its files go somewhere else than was said when it began.")
    RecordingInfo stopRecordingInto(
            @Description(name = "name", value = "Its name.") String name,
            @Description(name = "directory", value = "An absolute path that does not exist yet.") String directory);

    /**
     * Ends a recording, and deletes what was recorded.
     *
     * @param name its name
     * @return what it was
     */
    @Changes
    @Description("Ends a recording, and deletes what was recorded.")
    RecordingInfo discardRecording(@Description(name = "name", value = "Its name.") String name);

    /**
     * Writes what a flight recorder has kept into a new directory, and goes on.
     *
     * @param name its name
     * @param directory an absolute path that does not exist yet; who asks must be allowed to make it, and will own it
     * @return what it is; directory is that of the snapshot
     */
    @Changes
    @Description("Writes what a flight recorder has kept into a new directory, and goes on.")
    RecordingInfo snapshotRecording(
            @Description(name = "name", value = "Its name.") String name,
            @Description(name = "directory", value = "An absolute path that does not exist yet.") String directory);
}
