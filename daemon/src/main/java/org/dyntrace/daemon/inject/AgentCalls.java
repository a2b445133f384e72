package org.dyntrace.daemon.inject;

import static org.dyntrace.daemon.inject.SystemCall.needed;
import static org.dyntrace.daemon.inject.SystemCall.tried;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.SeccompFilters;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * All system calls that the agent makes, on whatever thread: while it is loaded, on its own thread, and at hits. A process whose seccomp
 * filters might kill it for one of them is refused; {@code SeccompTest} kills it for all others.
 */
final class AgentCalls {
    private static final List<SystemCall> AGENT = List.of(
            needed("read", 0),
            needed("write", 1),
            needed("close", 3),
            needed("fstat", 5),
            needed("poll", 7),
            needed("mmap", 9, null, null, 0L), // nothing
            needed("mmap", 9, null, null, 1L), // r
            needed("mmap", 9, null, null, 3L), // rw
            needed("mmap", 9, null, null, 5L), // rx
            needed("mprotect", 10, null, null, 0L),
            needed("mprotect", 10, null, null, 1L),
            needed("mprotect", 10, null, null, 3L),
            needed("mprotect", 10, null, null, 5L), // the stubs of entry/exit
            needed("munmap", 11),
            needed("brk", 12),
            needed("rt_sigprocmask", 14),
            needed("rt_sigreturn", 15),
            needed("pread64", 17),
            tried("madvise", 28),
            needed("nanosleep", 35),
            needed("getpid", 39),
            needed("socket", 41, 1L, 0x80001L, 0L), // a Unix socket
            needed("connect", 42),
            needed("sendto", 44),
            needed("recvmsg", 47),
            needed("shutdown", 48),
            needed("getsockopt", 55, null, 1L, 17L), // SO_PEERCRED
            needed("clone", 56, 0x3d0f00L), // a thread
            needed("exit", 60),
            needed("fcntl", 72, null, 1030L), // F_DUPFD_CLOEXEC
            needed("geteuid", 107),
            needed("rt_sigpending", 127),
            needed("rt_sigtimedwait", 128),
            needed("sigaltstack", 131),
            tried("sched_setscheduler", 144, null, 0x40000000L), // SCHED_OTHER
            tried("prctl", 157, 15L), // PR_SET_NAME
            tried("prctl", 157, 16L), // PR_GET_NAME
            tried("prctl", 157, 0x59616d61L), // PR_SET_PTRACER
            needed("gettid", 186),
            needed("tkill", 200),
            needed("futex", 202),
            needed("clock_gettime", 228),
            needed("tgkill", 234),
            needed("openat", 257),
            needed("newfstatat", 262),
            tried("set_robust_list", 273),
            needed("memfd_create", 319),
            tried("rseq", 334),
            tried("clone3", 435)); // else it is clone

    /** What lttng-ust makes beside these, on threads of its own and in each event's first place. */
    private static final List<SystemCall> LTTNG = List.of(
            needed("lseek", 8),
            needed("rt_sigaction", 13),
            needed("sendmsg", 46),
            needed("setsockopt", 54),
            needed("ftruncate", 77),
            needed("getcwd", 79),
            needed("readlink", 89),
            needed("getuid", 102),
            needed("getgid", 104),
            needed("getegid", 108),
            needed("getppid", 110),
            needed("sched_getaffinity", 204),
            needed("getdents64", 217),
            tried("set_mempolicy", 238),
            tried("get_mempolicy", 239),
            tried("prlimit64", 302),
            tried("getcpu", 309),
            tried("getrandom", 318),
            tried("membarrier", 324),
            needed("fcntl", 72),
            needed("socket", 41, 1L));

    private AgentCalls() {}

    /** {@return the first of the agent's calls that a process's filters don't let through} */
    static Optional<SystemCall> forbidden(ProcessId process, boolean lttng) {
        List<SystemCall> calls = new ArrayList<>(AGENT);
        if (lttng) {
            calls.addAll(LTTNG);
        }
        List<SeccompFilter> filters =
                SeccompFilters.of(process).stream().map(SeccompFilter::new).toList();
        return calls.stream()
                .filter(call -> filters.stream().anyMatch(filter -> isForbidden(filter.verdict(call), call)))
                .findFirst();
    }

    private static boolean isForbidden(SeccompFilter.Verdict verdict, SystemCall call) {
        return verdict == SeccompFilter.Verdict.FATAL || verdict == SeccompFilter.Verdict.ERROR && !call.mayFail();
    }

    /**
     * Checks that a process's filters let the agent be.
     *
     * @param process a process with filters
     * @param lttng whether the lttng tracer is wanted
     * @throws Failure SECCOMP
     */
    static void check(ProcessId process, boolean lttng) {
        forbidden(process, lttng).ifPresent(call -> {
            throw new Failure(
                    Reason.SECCOMP,
                    "A seccomp filter of process " + process.pid() + " forbids what "
                            + (lttng ? "lttng-ust" : "the agent") + " needs: " + call.name() + ".",
                    lttng
                            ? "Use the tracer log, or start the program with a filter that allows it."
                            : "Start the program with a filter that allows it, or without one.");
        });
    }
}
