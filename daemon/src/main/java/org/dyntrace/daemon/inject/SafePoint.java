package org.dyntrace.daemon.inject;

import java.util.Set;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.Registers;
import org.dyntrace.daemon.proc.ThreadActivity;
import org.dyntrace.daemon.proc.TracedThread;

/**
 * Says which thread can be made to call the loader where it stands, without a lock that the loader, malloc or the program's own
 * code in between holds. What can't be seen from outside, the stub's trial of malloc and of the loader's lock finds out.
 */
final class SafePoint {
    /** Never to be disturbed: brk, mmap, munmap, mprotect, mremap, madvise, fork and clone, exec, exit, sigreturn. */
    private static final Set<Long> DELICATE_CALLS =
            Set.of(9L, 10L, 11L, 12L, 15L, 25L, 28L, 56L, 57L, 58L, 59L, 60L, 231L, 322L, 435L);

    private static final long SYS_FUTEX = 202;
    private static final long FUTEX_COMMAND = 0x7f;

    /** So long we look for a thread outside of the C library; then one will do that is in it, but not in malloc. */
    private static final long PATIENCE_NANOS = 300_000_000;

    /**
     * Old return addresses that lie around on a stack look like those of callers. When they are there that long, they are taken for
     * such, and the trial of the locks decides.
     */
    private static final long SUSPICION_NANOS = 1_000_000_000;

    private final ProcessMemory memory;
    private final TargetModules modules;
    private final CodeReferences references;
    private final long began = System.nanoTime();

    SafePoint(ProcessMemory memory, TargetModules modules) {
        this.memory = memory;
        this.modules = modules;
        this.references = new CodeReferences(memory, modules);
    }

    /** How good a place a thread is at, best first. */
    enum Rank {
        /** It waits in a system call that nothing of the C library's inner state hangs on. */
        WAITING,
        /** It waits for a condition, a semaphore or another thread. */
        WAITING_FOR_THREAD,
        /** It runs. */
        RUNNING,
        /** It waits for a lock, perhaps one of the C library's. */
        WAITING_FOR_LOCK,
        /** Not now. */
        UNFIT
    }

    /** {@return how good a place the thread is at, as far as can be seen without stopping it} */
    Rank rank(ThreadActivity activity) {
        if (activity.syscall() == ThreadActivity.RUNNING) {
            return Rank.RUNNING;
        }
        if (activity.syscall() < 0) {
            return Rank.WAITING_FOR_LOCK;
        }
        if (DELICATE_CALLS.contains(activity.syscall()) || modules.isLoader(activity.pc())) {
            return Rank.UNFIT;
        }
        if (activity.syscall() == SYS_FUTEX) {
            return (activity.second() & FUTEX_COMMAND) == 0 ? Rank.WAITING_FOR_LOCK : Rank.WAITING_FOR_THREAD;
        }
        return Rank.WAITING;
    }

    /**
     * Looks at a stopped thread.
     *
     * @return whether it can be sent into the stub where it is
     */
    boolean isReached(TracedThread thread, Registers registers) {
        boolean inCall = registers.origRax() >= 0;
        boolean running = System.nanoTime() - began < PATIENCE_NANOS
                ? modules.isDelicate(registers.rip())
                : modules.isLoader(registers.rip()) || modules.isAllocator(registers.rip());
        return registers.fsBase() != 0
                && !(inCall ? DELICATE_CALLS.contains(registers.origRax()) : running)
                && isCalm(thread, registers);
    }

    private boolean isCalm(TracedThread thread, Registers registers) {
        // malloc makes no other system call than these and the delicate ones.
        boolean mayBeInMalloc = registers.origRax() < 0 || registers.origRax() == SYS_FUTEX;
        boolean suspicious = System.nanoTime() - began < SUSPICION_NANOS;
        return !modules.isLoader(registers.rip())
                && !(suspicious && references.calledByLoader(registers))
                && !(suspicious && mayBeInMalloc && references.calledByAllocator(registers))
                && !references.handlerOverDelicateCode(registers)
                && !(registers.origRax() < 0 && thread.inRestartableSequence(memory, registers.rip()));
    }
}
