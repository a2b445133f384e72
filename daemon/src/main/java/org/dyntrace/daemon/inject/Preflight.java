package org.dyntrace.daemon.inject;

import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ThreadStatus;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Refuses what can't be injected into, before anything is touched. */
final class Preflight {
    private static final int ELF_32 = 1;
    private static final int SECCOMP_STRICT = 1;
    private static final int SECCOMP_FILTER = 2;

    private Preflight() {}

    static void check(ProcessId process) {
        ProcessFacts facts = ProcessFacts.of(process);
        String who = "Process " + process.pid();
        if (process.pid() == ProcessHandle.current().pid()) {
            throw new Failure(Reason.OWN_PROCESS, who + " is the dyntrace daemon.", "Trace another process.");
        }
        if (facts.kernelThread()) {
            throw new Failure(
                    Reason.KERNEL_THREAD,
                    who + " (" + facts.comm() + ") is a kernel thread.",
                    "Use the kernel's own tracers for it, for example trace-cmd.");
        }
        if ((facts.state() == 'Z' || facts.state() == 'X') && facts.threads() <= 1) {
            throw new Failure(
                    Reason.ZOMBIE,
                    who + " has ended and waits for its parent.",
                    "Start it again, then attach to its new pid.");
        }
        if (facts.tracerPid() != 0) {
            throw new Failure(
                    Reason.ALREADY_TRACED,
                    who + " is traced by process " + facts.tracerPid() + " already.",
                    "End that debugger or tracer first, for example with 'detach' in gdb.");
        }
        if (facts.state() == 'T') {
            throw process.stopped();
        }
        if (facts.elfClass() == ELF_32) {
            throw new Failure(
                    Reason.WRONG_ARCHITECTURE, who + " runs 32-bit code.", "Run a 64-bit build of the program.");
        }
        if (anyThread(process, SECCOMP_STRICT)) {
            throw strict(process);
        }
        checkFilters(process, false);
        if (facts.shadowStack()) {
            throw shadowStack(process);
        }
    }

    /** Refuses a process whose seccomp filters forbid what the agent, or its lttng tracer, does. */
    static void checkFilters(ProcessId process, boolean lttng) {
        if (anyThread(process, SECCOMP_FILTER)) {
            AgentCalls.check(process, lttng);
        }
    }

    private static boolean anyThread(ProcessId process, int mode) {
        return ThreadStatus.all(process).stream().anyMatch(status -> status.seccomp() == mode);
    }

    static Failure strict(ProcessId process) {
        return new Failure(
                Reason.SECCOMP,
                "Process " + process.pid()
                        + " is in seccomp's strict mode, which kills it for whatever the agent does.",
                "Trace the process that it works for.");
    }

    static Failure shadowStack(ProcessId process) {
        return new Failure(
                Reason.SHADOW_STACK,
                "Process " + process.pid() + " runs with a user shadow stack.",
                "Start it with GLIBC_TUNABLES=glibc.cpu.x86_shstk=off.");
    }
}
