package org.dyntrace.daemon.proc;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What /proc/pid/task/tid/status says of one thread at one moment. In signal sets, bit n-1 stands for signal n.
 *
 * @param state R, S, D, T, t, Z or X
 * @param pending signals sent to the thread or to its process and not delivered yet
 * @param blocked signals not to be delivered to this thread
 * @param caught signals that its process has a handler for
 * @param seccomp 0 none, 1 strict, 2 filter
 * @param shadowStack whether it runs with a user shadow stack
 */
public record ThreadStatus(char state, long pending, long blocked, long caught, int seccomp, boolean shadowStack) {
    /** {@return that of a thread, or nothing when it is gone} */
    public static Optional<ThreadStatus> of(ProcessId process, int tid) {
        return ProcFile.text("/proc/" + process.pid() + "/task/" + tid + "/status")
                .map(text -> new ThreadStatus(
                        text(text, "State", "X").charAt(0),
                        set(text, "SigPnd") | set(text, "ShdPnd"),
                        set(text, "SigBlk"),
                        set(text, "SigCgt"),
                        Integer.parseInt(text(text, "Seccomp", "0")),
                        text(text, "x86_Thread_features", "").contains("shstk")));
    }

    /** {@return those of all threads of a process} */
    public static List<ThreadStatus> all(ProcessId process) {
        return Arrays.stream(ProcFile.numbers("/proc/" + process.pid() + "/task"))
                .boxed()
                .flatMap(tid -> of(process, tid).stream())
                .toList();
    }

    /** {@return whether a signal is about to be delivered} */
    public boolean anyDeliverable() {
        return (pending & ~blocked) != 0;
    }

    private static long set(String text, String field) {
        return Long.parseUnsignedLong(text(text, field, "0"), 16);
    }

    private static String text(String text, String field, String otherwise) {
        return ProcFile.field(text, field).orElse(otherwise);
    }
}
