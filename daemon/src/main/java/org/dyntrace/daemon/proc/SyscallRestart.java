package org.dyntrace.daemon.proc;

import java.util.Set;

/**
 * What the kernel does with a system call that a stop has interrupted.
 *
 * <p>Most calls leave -512, -513, -514 or -516 in rax, and on the way back to the program the kernel makes them again unless a
 * handler runs first; the program never sees those. Some calls just return -EINTR, even though no signal came: signal(7) lists
 * them under "Interruption of system calls and library functions by stop signals". A program without any signal handler need not
 * expect that, so we make such a call again ourselves.
 */
public final class SyscallRestart {
    private static final long RESTART_SYS = -512;
    private static final long RESTART_NO_INTR = -513;
    private static final long RESTART_NO_HANDLER = -514;
    private static final long RESTART_BLOCK = -516;
    private static final long INTERRUPTED = -Libc.EINTR;

    /** The system call that goes on with what the thread itself has kept, with the time that is left. */
    private static final long SYS_RESTART = 219;

    private static final int INSTRUCTION = 2;

    /**
     * Calls that a stop makes return -EINTR, all of which do nothing before they return it: read, write, readv, writev, accept,
     * sendto, recvfrom, sendmsg, recvmsg (sockets with a time-out), semop, rt_sigtimedwait, io_getevents, semtimedop, epoll_wait,
     * epoll_pwait, accept4, recvmmsg, sendmmsg, io_pgetevents, io_uring_enter, epoll_pwait2. Not connect: it can't be made twice.
     */
    private static final Set<Long> REPEATABLE = Set.of(
            0L, 1L, 19L, 20L, 43L, 44L, 45L, 46L, 47L, 65L, 128L, 208L, 220L, 232L, 281L, 288L, 299L, 307L, 333L, 426L,
            441L);

    private SyscallRestart() {}

    /** {@return whether the kernel will make the interrupted call again when no handler runs} */
    public static boolean isPending(Registers registers) {
        return registers.origRax() >= 0
                && (registers.rax() == RESTART_SYS
                        || registers.rax() == RESTART_NO_INTR
                        || registers.rax() == RESTART_NO_HANDLER
                        || registers.rax() == RESTART_BLOCK);
    }

    /** {@return whether the thread is at the end of a call that a mere stop may have made return -EINTR} */
    public static boolean mayBeOurInterruption(Registers registers) {
        return registers.rax() == INTERRUPTED && REPEATABLE.contains(registers.origRax());
    }

    /**
     * Makes the call again that has returned -EINTR.
     *
     * @param registers of a thread for which {@link #mayBeOurInterruption} holds and for which no signal waits
     */
    public static void repeat(Registers registers) {
        registers.rax(registers.origRax());
        registers.rip(registers.rip() - INSTRUCTION);
        registers.origRax(-1);
    }

    /** {@return the address of the instruction that runs next: the call itself when it is to be made again} */
    public static long resumePc(Registers registers) {
        return isPending(registers) ? registers.rip() - INSTRUCTION : registers.rip();
    }

    /**
     * Does to the registers what the kernel would do on the way back to a program for which no handler is to run. After it they
     * mean the same in any context.
     *
     * @param registers to be changed
     */
    public static void settle(Registers registers) {
        if (isPending(registers)) {
            registers.rax(registers.rax() == RESTART_BLOCK ? SYS_RESTART : registers.origRax());
            registers.rip(registers.rip() - INSTRUCTION);
        }
        registers.origRax(-1);
    }
}
