package org.dyntrace.daemon.proc;

import java.util.Optional;

/**
 * Who comes first on a busy machine. There, a thread that becomes ready may wait several milliseconds for a processor, also with the
 * best niceness; with a real-time policy it does not.
 */
final class Scheduling {
    private static final int NORMAL = 0;
    private static final int FIFO = 1;
    private static final int LEAST_NICE = -20;
    private static final int RESET_ON_FORK = 0x40000000;

    private Scheduling() {}

    /**
     * Lets this JVM keep its promises on a busy machine: a garbage collection or another safepoint makes the tracer thread wait for the
     * JVM's own threads, and thereby a stopped target.
     */
    static void preferOwnRuntime() {
        for (int tid : ProcFile.numbers("/proc/self/task")) {
            String name =
                    ProcFile.text("/proc/self/task/" + tid + "/comm").orElse("").trim();
            // Not a real-time policy: the VM thread waits by yielding, which in that policy lets nobody else run.
            if (name.equals("VM Thread") || name.startsWith("GC Thread") || name.startsWith("G1 Main")) {
                Libc.setpriority(0, tid, LEAST_NICE);
            }
        }
    }

    /** {@return whether more threads want to run now than there are processors} */
    static boolean isBusy() {
        // "0.20 0.18 0.12 2/80 11206": how many are runnable comes before the slash.
        Optional<String> load = ProcFile.text("/proc/loadavg");
        return load.isPresent()
                && Integer.parseInt(load.get().split(" ")[3].split("/")[0])
                        > Runtime.getRuntime().availableProcessors();
    }

    /** {@return whether the thread has the policy and the niceness that threads have when nobody asks for others} */
    static boolean isOrdinary(int tid) {
        // The system call itself, unlike the C library's function, answers 20 - niceness.
        return Libc.sched_getscheduler(tid) == NORMAL && Libc.syscall(Libc.SYS_GETPRIORITY, 0, tid, 0, 0) == 20;
    }

    /** {@return whether the current thread was put first} */
    static boolean isFirst() {
        return Libc.sched_getscheduler(0) == (FIFO | RESET_ON_FORK);
    }

    /** Puts a thread first; threads that it starts are ordinary ones. 0 means the current one. */
    static boolean putFirst(int tid) {
        return Libc.sched_setscheduler(tid, FIFO | RESET_ON_FORK, new int[] {1}) == 0;
    }

    /** Makes a thread an ordinary one again. */
    static void putBack(int tid) {
        Libc.sched_setscheduler(tid, NORMAL, new int[] {0});
    }
}
