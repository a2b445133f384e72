package org.dyntrace.daemon.proc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** The seccomp filters of a process: what decides whether a system call is made, refused, or ends it. */
public final class SeccompFilters {
    private static final long STOP_NANOS = 500_000_000;

    /** More than that are not looked at: each costs a thread a microsecond. */
    private static final int MOST = 1000;

    private SeccompFilters() {}

    /**
     * Reads them, of all threads: each may have filters of its own. A thread stands still for some microseconds, one after the other.
     *
     * @param process a process
     * @return each filter once: its instructions, struct sock_filter each (linux/filter.h), little-endian
     * @throws Failure SECCOMP when they can't be read; NOT_PERMITTED, ALREADY_TRACED, PROCESS_GONE
     */
    public static List<long[]> of(ProcessId process) {
        return TracerThread.call(process, () -> {
            Map<List<Long>, long[]> all = new LinkedHashMap<>();
            for (int tid : ProcFile.numbers("/proc/" + process.pid() + "/task")) {
                if (ThreadStatus.of(process, tid)
                        .filter(status -> status.seccomp() != 0)
                        .isPresent()) {
                    for (long[] filter : read(process, tid)) {
                        all.putIfAbsent(Arrays.stream(filter).boxed().toList(), filter);
                    }
                }
            }
            return List.copyOf(all.values());
        });
    }

    private static List<long[]> read(ProcessId process, int tid) {
        List<long[]> filters = new ArrayList<>();
        TracedThread thread = TracedThread.seize(process, tid);
        if (thread == null) {
            return filters;
        }
        try {
            thread.interrupt();
            if (!thread.awaitStop(System.nanoTime() + STOP_NANOS)) {
                if (thread.hasEnded()) {
                    return filters;
                }
                throw new Failure(
                        Reason.NO_SAFE_POINT,
                        "Thread " + tid + " of process " + process.pid() + " does not come out of the kernel.",
                        "Try again; /proc/" + process.pid() + "/task/" + tid + "/stack tells where it waits.");
            }
            for (Optional<long[]> filter = thread.filter(0);
                    filter.isPresent() && filters.size() < MOST;
                    filter = thread.filter(filters.size())) {
                filters.add(filter.get());
            }
            return filters;
        } finally {
            thread.detach();
        }
    }
}
