package org.dyntrace.daemon.inject;

import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Refuses what can't be injected into, before anything is touched. */
final class Preflight {
    private static final int ELF_32 = 1;
    private static final int SECCOMP_STRICT = 1;

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
            throw stopped(process);
        }
        if (facts.elfClass() == ELF_32) {
            throw new Failure(
                    Reason.WRONG_ARCHITECTURE, who + " runs 32-bit code.", "Run a 64-bit build of the program.");
        }
        if (facts.seccomp() != 0) {
            throw seccomp(process, facts.seccomp());
        }
        if (facts.shadowStack()) {
            throw shadowStack(process);
        }
    }

    static Failure stopped(ProcessId process) {
        return new Failure(
                Reason.STOPPED,
                "Process " + process.pid() + " is stopped by a signal.",
                "Let it go on with 'kill -CONT " + process.pid() + "', then try again.");
    }

    static Failure seccomp(ProcessId process, int mode) {
        return new Failure(
                Reason.SECCOMP,
                "Process " + process.pid() + " is confined by seccomp ("
                        + (mode == SECCOMP_STRICT ? "strict" : "a filter")
                        + "), which may kill it for what loading the agent needs.",
                "Start it without that, or with the agent: LD_PRELOAD=<install>/lib/dyntrace/libdyntrace-agent.so.");
    }

    static Failure shadowStack(ProcessId process) {
        return new Failure(
                Reason.SHADOW_STACK,
                "Process " + process.pid() + " runs with a user shadow stack.",
                "Start it with GLIBC_TUNABLES=glibc.cpu.x86_shstk=off.");
    }
}
