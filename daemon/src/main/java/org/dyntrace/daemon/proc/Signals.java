package org.dyntrace.daemon.proc;

/** What /proc/pid/status says of a process's signals at this moment. */
public final class Signals {
    private static final int HEX = 16;

    private Signals() {}

    /** {@return whether it has a handler for a signal; false when it is gone} */
    public static boolean catches(ProcessId process, int signal) {
        return has(process, "SigCgt", signal);
    }

    /** {@return whether a signal waits for it} */
    public static boolean isPending(ProcessId process, int signal) {
        return has(process, "ShdPnd", signal);
    }

    private static boolean has(ProcessId process, String field, int signal) {
        return ProcFile.text("/proc/" + process.pid() + "/status")
                .flatMap(status -> ProcFile.field(status, field))
                .filter(mask -> (Long.parseUnsignedLong(mask, HEX) >>> signal - 1 & 1) != 0)
                .isPresent();
    }
}
