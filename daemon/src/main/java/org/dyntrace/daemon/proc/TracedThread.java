package org.dyntrace.daemon.proc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * One thread of a target, seized with ptrace. The kernel takes requests only from the OS thread that seized it, so all methods
 * must be called on one {@link TracerThread}, whose end also lets go whatever couldn't be let go before.
 *
 * <p>The target must not be a child that the JVM started itself: Java waits for its children and would take the stops for exits.
 * When the daemon dies, the kernel detaches, and the thread goes on with the registers that it has then.
 */
public final class TracedThread {
    private static final long GETREGS = 12;
    private static final long SETREGS = 13;
    private static final long CONT = 7;
    private static final long DETACH = 17;
    private static final long SEIZE = 0x4206;
    private static final long INTERRUPT = 0x4207;
    private static final long GETSIGMASK = 0x420a;
    private static final long SETSIGMASK = 0x420b;
    private static final long SECCOMP_GET_FILTER = 0x420c;
    private static final long GET_RSEQ_CONFIGURATION = 0x420f;

    /** BPF_MAXINSNS. */
    private static final int LONGEST_FILTER = 4096;

    private static final int EVENT_STOP = 128;
    private static final int SIGTRAP = 5;
    private static final long OWN_TRACER_NANOS = 300_000_000;
    private static final long LAST_WAIT_NANOS = 50_000_000;

    /** By this tracer thread, those that it could not let go, since they have not come out of the kernel yet. */
    private static final ThreadLocal<Map<Integer, TracedThread>> HELD = ThreadLocal.withInitial(HashMap::new);

    private final ProcessId process;
    private final int tid;
    private final int[] status = new int[1];
    private boolean stopped;
    private boolean detached;
    private boolean ended;
    private boolean reaped;
    private int signal;
    private boolean groupStop;

    private TracedThread(ProcessId process, int tid) {
        this.process = process;
        this.tid = tid;
    }

    /**
     * Seizes a thread without stopping it.
     *
     * @param process its process
     * @param tid its thread id
     * @return the thread, or null when it has ended, is a zombie, or is the kernel's own
     * @throws Failure ALREADY_TRACED, NOT_PERMITTED
     */
    public static TracedThread seize(ProcessId process, int tid) {
        TracedThread held = HELD.get().remove(tid);
        if (held != null) {
            return held;
        }
        Wait wait = new Wait();
        int again = 0;
        for (long deadline = System.nanoTime() + OWN_TRACER_NANOS; ; wait.pause()) {
            if (Libc.ptrace(SEIZE, tid, 0, 0) == 0) {
                return new TracedThread(process, tid);
            }
            int error = Libc.errno();
            String task = "/proc/" + process.pid() + "/task/" + tid;
            String text = ProcFile.text(task + "/status").orElse("State:\tX");
            char state = ProcFile.field(text, "State").orElse("X").charAt(0);
            if (error == Libc.ESRCH || state == 'Z' || state == 'X' || ProcessFacts.runsNoUserCode(task)) {
                return null;
            }
            String tracer = ProcFile.field(text, "TracerPid").orElse("0");
            // A tracer thread of ours may still be on its way out, or just have gone.
            boolean own = Files.exists(Path.of("/proc/self/task", tracer));
            if ((own || tracer.equals("0") && again++ < 3) && System.nanoTime() < deadline) {
                continue;
            }
            if (!tracer.equals("0")) {
                throw alreadyTraced(process, tracer);
            }
            throw new Failure(
                    Reason.NOT_PERMITTED,
                    "The kernel doesn't let the daemon trace process " + process.pid() + " (errno " + error + ").",
                    "Run the daemon as root, or as the user who runs that process; see also kernel.yama.ptrace_scope.");
        }
    }

    private static Failure alreadyTraced(ProcessId process, String tracerThread) {
        // What the kernel shows is the id of the tracing thread.
        String tracer = ProcFile.text("/proc/" + tracerThread + "/status")
                .flatMap(status -> ProcFile.field(status, "Tgid"))
                .orElse(tracerThread);
        return new Failure(
                Reason.ALREADY_TRACED,
                "Process " + process.pid() + " is traced by process " + tracer + " already.",
                "End that debugger or tracer first, for example with 'detach' in gdb.");
    }

    /** {@return its thread id} */
    public int tid() {
        return tid;
    }

    /** {@return its process} */
    public ProcessId process() {
        return process;
    }

    /** Asks the thread to stop; {@link #awaitStop} tells when it has. */
    public void interrupt() {
        if (Libc.ptrace(INTERRUPT, tid, 0, 0) != 0) {
            ended = true;
        }
    }

    /**
     * Waits until the thread has stopped, for whatever reason.
     *
     * @param deadline a time as of {@link System#nanoTime}
     * @return whether it stands still now; false when it has ended ({@link #hasEnded}) or doesn't come out of the kernel in time
     */
    public boolean awaitStop(long deadline) {
        Wait wait = new Wait();
        while (!stopped && !ended && !poll()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            wait.pause();
        }
        return stopped;
    }

    private boolean poll() {
        int got = Libc.waitpid(tid, status, Libc.WNOHANG | Libc.WALL);
        if (got == 0) {
            return false;
        }
        if (got < 0) {
            if (Libc.errno() == Libc.ECHILD) {
                ended = true;
                reaped = true;
            }
            return ended;
        }
        int value = status[0];
        if ((value & 0xff) != 0x7f) {
            ended = true;
            reaped = true;
            return true;
        }
        stopped = true;
        int number = value >> 8 & 0xff;
        boolean event = value >>> 16 == EVENT_STOP;
        groupStop = event && number != SIGTRAP;
        signal = event ? 0 : number;
        return true;
    }

    /**
     * Reads one of its seccomp filters, while it stands still.
     *
     * @param index 0 is the one that was installed last
     * @return its instructions, struct sock_filter each; nothing behind the last filter
     * @throws Failure SECCOMP when the kernel doesn't show them
     */
    Optional<long[]> filter(int index) {
        long[] instructions = new long[LONGEST_FILTER];
        long size = Libc.ptrace(SECCOMP_GET_FILTER, tid, index, instructions);
        if (size > 0) {
            return Optional.of(Arrays.copyOf(instructions, (int) size));
        }
        int error = Libc.errno();
        if (error == Libc.ENOENT) {
            return Optional.empty();
        }
        throw error == Libc.ESRCH
                ? process.gone()
                : new Failure(
                        Reason.SECCOMP,
                        "The kernel doesn't show the seccomp filters of process " + process.pid() + " (errno " + error
                                + ").",
                        "Run the daemon as root and without a seccomp filter of its own; or start the program with the agent:"
                                + " LD_PRELOAD=<install>/lib/dyntrace/libdyntrace-agent.so.");
    }

    /** {@return whether it has ended, as far as known} */
    public boolean hasEnded() {
        return ended;
    }

    /** {@return the signal that it stopped with and that it gets when it is let go, or 0} */
    public int pendingSignal() {
        return signal;
    }

    /** Takes away the signal that it stopped with. */
    public void dropSignal() {
        signal = 0;
    }

    /** Lets the stopped thread run on, still traced, with the signal that it stopped with. */
    public void resume() {
        stopped = false;
        if (Libc.ptrace(CONT, tid, 0, signal) != 0) {
            ended = true;
        }
    }

    /** {@return whether its whole process is stopped by a signal like SIGSTOP} */
    public boolean inGroupStop() {
        return groupStop;
    }

    /**
     * The registers of the stopped thread.
     *
     * @return a copy of them
     * @throws Failure PROCESS_GONE when it was killed
     */
    public Registers registers() {
        long[] words = new long[Registers.WORDS];
        check(Libc.ptrace(GETREGS, tid, 0, words));
        return new Registers(words);
    }

    /**
     * Sets the registers of the stopped thread.
     *
     * @param registers all of them
     * @throws Failure PROCESS_GONE when it was killed
     */
    public void setRegisters(Registers registers) {
        check(Libc.ptrace(SETREGS, tid, 0, registers.words()));
    }

    /** {@return the stopped thread's blocked signals, bit n-1 for signal n} */
    public long signalMask() {
        long[] mask = new long[1];
        check(Libc.ptrace(GETSIGMASK, tid, Long.BYTES, mask));
        return mask[0];
    }

    /** Sets the stopped thread's blocked signals. */
    public void setSignalMask(long mask) {
        check(Libc.ptrace(SETSIGMASK, tid, Long.BYTES, new long[] {mask}));
    }

    /** {@return whether it helps to let it come first among all threads for a moment, and can be done and undone} */
    public boolean mayComeFirst() {
        return Scheduling.isFirst() && Scheduling.isOrdinary(tid);
    }

    /**
     * Lets it come first, where the daemon may do that, until {@link #comeInTurn}. By then it can also make itself an ordinary thread
     * with sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK).
     */
    public void comeFirst() {
        Scheduling.putFirst(tid);
    }

    /** Makes it an ordinary thread again. */
    public void comeInTurn() {
        Scheduling.putBack(tid);
    }

    /**
     * Whether the stopped thread is inside a restartable sequence (rseq(2)): the kernel would abort it when the thread is moved
     * elsewhere, and the program would go on in the middle of it unprotected.
     *
     * @param memory the process's memory
     * @param rip the thread's next instruction
     * @return whether it is
     */
    public boolean inRestartableSequence(ProcessMemory memory, long rip) {
        long[] configuration = new long[3];
        // Kernels before 5.13 don't tell; glibc registers an area only from 2.35 on, and so does hardly anyone else.
        if (Libc.ptrace(GET_RSEQ_CONFIGURATION, tid, 24, configuration) < 0 || configuration[0] == 0) {
            return false;
        }
        byte[] area = new byte[2 * Long.BYTES];
        if (!memory.tryRead(configuration[0], area)) {
            return false;
        }
        long sequence = little(area).getLong(Long.BYTES);
        byte[] bounds = new byte[3 * Long.BYTES];
        if (sequence == 0 || !memory.tryRead(sequence, bounds)) {
            return false;
        }
        long into = rip - little(bounds).getLong(Long.BYTES);
        return into >= 0 && into < little(bounds).getLong(2 * Long.BYTES);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Lets the thread go, with the signal that it stopped with; a process that SIGSTOP has stopped stays so. Never fails: what it
     * can't let go now (a thread deep in the kernel, or dead), the kernel does at the end of the {@link TracerThread}.
     */
    public void detach() {
        if (detached) {
            return;
        }
        if (!stopped && !ended) {
            interrupt();
            awaitStop(System.nanoTime() + LAST_WAIT_NANOS);
        }
        if (stopped && Libc.ptrace(DETACH, tid, 0, signal) == 0) {
            stopped = false;
            detached = true;
        } else if (!reaped && !poll() && !ended) {
            HELD.get().put(tid, this);
        }
    }

    private void check(long result) {
        if (result != 0) {
            int error = Libc.errno();
            if (error == Libc.ESRCH) {
                ended = true;
                throw process.gone();
            }
            throw new Failure(
                    Reason.INTERNAL,
                    "ptrace on thread " + tid + " of process " + process.pid() + " failed with errno " + error + ".",
                    "Report this as a fault of dyntrace.");
        }
    }
}
