package org.dyntrace.mbeans;

/** Why a request failed. Scripts may rely on these names; each maps to the exit code of the command that met it. */
public enum Reason {
    /** The words of the request don't fit the grammar. */
    BAD_REQUEST(2),
    /** No daemon answers in the run directory. */
    NO_DAEMON(3),
    /** The kernel says that the asker is someone who may not do this. */
    NOT_PERMITTED(4),
    /** The daemon has as many connections as it takes. */
    DAEMON_BUSY(1),
    /** Another daemon holds the run directory. */
    DAEMON_RUNNING(1),
    /** The run directory can't be used. */
    RUNDIR(1),
    /** No process has this pid. */
    NO_SUCH_PROCESS(1),
    /** No process has this name. */
    NO_SUCH_NAME(1),
    /** Several processes have this name. */
    AMBIGUOUS_NAME(1),
    /** The process ended, or its pid now belongs to another one. */
    PROCESS_GONE(1),
    /** The processes of a program are of another build than the set of tracepoints is for. */
    BUILD_DIFFERS(1),
    /** The file of a set of tracepoints can't be read or written. */
    SET_FILE(1),
    /** No set of tracepoints that is kept has this name. */
    NO_SUCH_SET(1),
    /** No recording that goes on has this name. */
    NO_SUCH_RECORDING(1),
    /** The process holds no agent yet. */
    NOT_ATTACHED(1),
    /** Kernel threads run no user code. */
    KERNEL_THREAD(1),
    /** The process has ended and waits for its parent. */
    ZOMBIE(1),
    /** The process is stopped by a signal. */
    STOPPED(1),
    /** Another debugger or tracer holds the process. */
    ALREADY_TRACED(1),
    /** The process runs 32-bit code. */
    WRONG_ARCHITECTURE(1),
    /** The program is statically linked: it has no loader to bring the agent in. */
    STATIC_PROGRAM(1),
    /** A seccomp filter may kill the process for what loading needs. */
    SECCOMP(1),
    /** The process is the daemon itself. */
    OWN_PROCESS(1),
    /** The process runs with a user shadow stack. */
    SHADOW_STACK(1),
    /** No thread of the process came to a place where the agent can be loaded safely in time. */
    NO_SAFE_POINT(1),
    /** The JVM was told that nothing may attach to it: -XX:+DisableAttachMechanism, or -Xrs. */
    ATTACH_DISABLED(1),
    /** The JVM was told to load no agents while it runs: -XX:-EnableDynamicAgentLoading. */
    DYNAMIC_LOADING_DISABLED(1),
    /** The JVM is of a release that the agent can't run on. */
    JVM_TOO_OLD(1),
    /** The JVM does not take part in the attach in time. */
    JVM_NOT_RESPONDING(1),
    /** The Java agent is in the JVM, but could not start. */
    AGENT_FAILED(1),
    /** The target's own loader refused the library. */
    LOAD_FAILED(1),
    /** The agent does not answer. */
    AGENT_LOST(1),
    /** The process is no JVM. */
    NOT_A_JVM(1),
    /** No function has this name. */
    NO_SUCH_SYMBOL(1),
    /** The address is not in code. */
    NOT_CODE(1),
    /** The address is not where an instruction begins. */
    NOT_AN_INSTRUCTION(1),
    /** The code at this place can't be decoded. */
    UNDECODABLE(1),
    /** The function is too short to hold a jump. */
    TOO_SHORT(1),
    /** Something branches into the bytes that the jump would take. */
    BRANCH_INTO_SITE(1),
    /** A jump whose targets aren't known might lead into the bytes that the jump would take. */
    INDIRECT_BRANCH(1),
    /** An instruction of this place can't be moved. */
    NOT_RELOCATABLE(1),
    /** Another tracepoint's jump is closer than a jump's length. */
    TOO_CLOSE(1),
    /** The module of the place has been unloaded (dlclose), or loaded anew. */
    MODULE_GONE(1),
    /** The code in memory is not what the file says: someone else has changed it. */
    FOREIGN_PATCH(1),
    /** No memory is free near enough for a jump. */
    NO_ROOM(1),
    /** A thread stays inside the bytes to be replaced. */
    BUSY_SITE(1),
    /** Entry/exit needs the beginning of a function. */
    NOT_AN_ENTRY(1),
    /** The runtime moves its stacks: return addresses can't be kept elsewhere. */
    MOVING_STACKS(1),
    /** None of the sites could be had. */
    NO_SITE(1),
    /** The process has reached the number of tracepoints that dyntrace keeps for it. */
    TOO_MANY(1),
    /** A tracepoint of this name exists. */
    NAME_TAKEN(1),
    /** No tracepoint has this name. */
    NO_SUCH_TRACEPOINT(1),
    /** No tracer has this name. */
    NO_SUCH_TRACER(1),
    /** The log file can't be written by who asked. */
    LOG_FILE(1),
    /** LTTng-UST can't be loaded in the target. */
    LTTNG_MISSING(1),
    /** No LTTng session daemon runs. */
    LTTNG_NO_SESSIOND(1),
    /** The JVM has no Flight Recorder. */
    JFR_MISSING(1),
    /** A recording can't be made or read, or what was made of it not be written. */
    RECORDING(1),
    /** The method has no bytecode: it is native or abstract. */
    NO_BYTECODE(1),
    /** The JVM puts machine code of its own in the place of the method's calls (an intrinsic). */
    INTRINSIC(1),
    /** The JVM does not let this class be changed, such as a hidden class. */
    UNMODIFIABLE_CLASS(1),
    /** The method would be longer than a method can be. */
    METHOD_TOO_LONG(1),
    /** The JVM refused the class with the tracepoint in it. */
    WEAVE_REJECTED(1),
    /** This kind of process can't do this. */
    UNSUPPORTED(1),
    /** A fault of dyntrace's own. */
    INTERNAL(1);

    private final int exitCode;

    Reason(int exitCode) {
        this.exitCode = exitCode;
    }

    /** {@return the exit code of a command that fails for this reason: 1 to 4} */
    public int exitCode() {
        return exitCode;
    }
}
