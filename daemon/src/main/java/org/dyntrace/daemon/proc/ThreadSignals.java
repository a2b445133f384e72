package org.dyntrace.daemon.proc;

/**
 * Signal sets of one thread, bit n-1 for signal n, as /proc/pid/task/tid/status shows them.
 *
 * @param pending sent to the thread or to its process and not delivered yet
 * @param blocked not to be delivered to this thread
 * @param ignored thrown away by this process
 */
public record ThreadSignals(long pending, long blocked, long ignored) {
    /** {@return those of a thread; all empty when it is gone} */
    public static ThreadSignals of(ProcessId process, int tid) {
        return ProcFile.text("/proc/" + process.pid() + "/task/" + tid + "/status")
                .map(text -> new ThreadSignals(
                        set(text, "SigPnd") | set(text, "ShdPnd"), set(text, "SigBlk"), set(text, "SigIgn")))
                .orElse(new ThreadSignals(0, 0, 0));
    }

    /** {@return whether a signal is about to be delivered} */
    public boolean anyDeliverable() {
        return (pending & ~blocked) != 0;
    }

    private static long set(String text, String field) {
        return ProcFile.field(text, field).map(hex -> Long.parseUnsignedLong(hex, 16)).orElse(0L);
    }
}
