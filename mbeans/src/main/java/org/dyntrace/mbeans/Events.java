package org.dyntrace.mbeans;

/**
 * Types of the notifications. Their user data is a {@code java.util.TreeMap} of texts: "pid", and for tracepoints "name"
 * (empty for one that failed without having one); a failure's message is the notification's. Sequence numbers go up by one
 * for each notification of an MBean; a gap means that a client was too slow.
 */
public final class Events {
    /** From the daemon: a process has an agent now. */
    public static final String PROCESS_ATTACHED = "dyntrace.process.attached";

    /** From the daemon: a process with an agent has ended, or runs another program. */
    public static final String PROCESS_EXITED = "dyntrace.process.exited";

    /** From the process and the daemon: a tracepoint was placed. */
    public static final String TRACEPOINT_ADDED = "dyntrace.tracepoint.added";

    /** From the process and the daemon: a tracepoint was removed. */
    public static final String TRACEPOINT_REMOVED = "dyntrace.tracepoint.removed";

    /** From the process and the daemon: a tracepoint is in the code again. */
    public static final String TRACEPOINT_ENABLED = "dyntrace.tracepoint.enabled";

    /** From the process and the daemon: a tracepoint was taken out of the code, and stays known. */
    public static final String TRACEPOINT_DISABLED = "dyntrace.tracepoint.disabled";

    /** From the process and the daemon: a tracepoint could not be placed, removed, enabled or disabled. */
    public static final String TRACEPOINT_FAILED = "dyntrace.tracepoint.failed";

    private Events() {}
}
