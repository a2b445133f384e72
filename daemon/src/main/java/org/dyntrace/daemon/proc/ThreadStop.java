package org.dyntrace.daemon.proc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * All threads of a process stopped for one batch of changes. Signals that come meanwhile are delivered afterwards, a process that
 * SIGSTOP has stopped stays stopped, and a system call that only this stop has made return EINTR is made again.
 */
public final class ThreadStop {
    /** A thread that sleeps on then is deep in the kernel: a dead NFS server, a vfork whose child hasn't executed yet. */
    private static final long PATIENCE_NANOS = 500_000_000;

    /** One that is ready to run stops when it next gets a processor, which takes its time on a crowded machine. */
    private static final long CROWDED_NANOS = 10_000_000_000L;

    private final ProcessId process;
    private final ProcessMemory memory;
    private final List<TracedThread> traced = new ArrayList<>();
    private final Set<Integer> known = new HashSet<>();
    private long interruptedAt;

    private ThreadStop(ProcessId process, ProcessMemory memory) {
        this.process = process;
        this.memory = memory;
    }

    /**
     * Stops all threads, performs the action, and lets all threads go on, whatever happens.
     *
     * @param process a process; not a child that this JVM started itself
     * @param action what to do meanwhile; it runs on a thread of its own
     * @param <T> its result
     * @return its result
     * @throws Failure what the action threw; PROCESS_GONE; ALREADY_TRACED; NOT_PERMITTED; NO_SAFE_POINT when a thread doesn't come
     *     out of the kernel within half a second
     */
    public static <T> T run(ProcessId process, StoppedAction<T> action) {
        return measure(process, action).result();
    }

    /**
     * Does as {@link #run} and tells how long the process stood still.
     *
     * @param process a process
     * @param action what to do meanwhile
     * @param <T> its result
     * @return its result, with the time from the first thread's stop to the last one's release
     */
    public static <T> Measured<T> measure(ProcessId process, StoppedAction<T> action) {
        return TracerThread.call(process, () -> {
            try (ProcessMemory memory = ProcessMemory.open(process)) {
                return new ThreadStop(process, memory).perform(action);
            }
        });
    }

    /**
     * A result and what it cost.
     *
     * @param result the action's result
     * @param stoppedNanos from the first thread's interruption to the last one's release, ns
     * @param <T> the result's type
     */
    public record Measured<T>(T result, long stoppedNanos) {}

    private <T> Measured<T> perform(StoppedAction<T> action) {
        T result;
        try {
            stopAll();
            List<StoppedThread> threads = new ArrayList<>(traced.size());
            for (TracedThread thread : traced) {
                if (!thread.hasEnded()) {
                    threads.add(stopped(thread));
                }
            }
            if (threads.isEmpty()) {
                throw process.gone();
            }
            result = action.perform(threads);
        } finally {
            for (TracedThread thread : traced) {
                thread.detach();
            }
        }
        return new Measured<>(result, System.nanoTime() - interruptedAt);
    }

    private void stopAll() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        // A thread that still runs may start another, so look again until there is no new one.
        for (int from = 0; seizeNew(); from = traced.size()) {
            if (interruptedAt == 0) {
                interruptedAt = System.nanoTime();
            }
            for (TracedThread thread : traced.subList(from, traced.size())) {
                thread.interrupt();
            }
            for (TracedThread thread : traced.subList(from, traced.size())) {
                if (!thread.awaitStop(deadline) && !thread.hasEnded() && !awaitTurn(thread, deadline)) {
                    throw new Failure(
                            Reason.NO_SAFE_POINT,
                            "Thread " + thread.tid() + " of process " + process.pid()
                                    + " does not come out of the kernel.",
                            "Try again; /proc/" + process.pid() + "/task/" + thread.tid()
                                    + "/stack tells where it waits.");
                }
            }
        }
    }

    private boolean awaitTurn(TracedThread thread, long since) {
        boolean stopped = false;
        while (!stopped
                && !thread.hasEnded()
                && !sleepsDeeply(thread.tid())
                && System.nanoTime() - since < CROWDED_NANOS) {
            stopped = thread.awaitStop(System.nanoTime() + PATIENCE_NANOS);
        }
        return stopped || thread.hasEnded();
    }

    private boolean sleepsDeeply(int tid) {
        return ProcFile.text("/proc/" + process.pid() + "/task/" + tid + "/status")
                .flatMap(status -> ProcFile.field(status, "State"))
                .filter(state -> state.startsWith("D"))
                .isPresent();
    }

    private boolean seizeNew() {
        boolean any = false;
        for (int tid : ProcFile.numbers("/proc/" + process.pid() + "/task")) {
            if (known.add(tid)) {
                TracedThread thread = TracedThread.seize(process, tid);
                if (thread != null) {
                    traced.add(thread);
                    any = true;
                }
            }
        }
        return any;
    }

    private StoppedThread stopped(TracedThread thread) {
        StoppedThread stopped = new StoppedThread(thread, memory);
        Registers registers = stopped.registers();
        if (SyscallRestart.mayBeOurInterruption(registers)
                && thread.pendingSignal() == 0
                && !ThreadStatus.of(process, thread.tid())
                        .filter(ThreadStatus::anyDeliverable)
                        .isPresent()) {
            SyscallRestart.repeat(registers);
            stopped.setRegisters(registers);
        }
        return stopped;
    }
}
