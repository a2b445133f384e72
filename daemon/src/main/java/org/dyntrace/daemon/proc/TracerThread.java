package org.dyntrace.daemon.proc;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * An OS thread for one piece of tracing. The kernel binds ptrace to the OS thread, and when that ends, the kernel lets go every
 * thread that it still holds, wherever those are: so whatever goes wrong on the way, no target stays stopped.
 */
public final class TracerThread {
    private TracerThread() {}

    /** Lets this whole JVM react at once on a busy machine too, as far as it may; for a process whose only work is tracing. */
    public static void preferOwnRuntime() {
        Scheduling.preferOwnRuntime();
    }

    /**
     * Runs on a new OS thread and waits for its end.
     *
     * @param process what is traced, for the thread's name
     * @param work what to do
     * @param <T> its result
     * @return its result
     * @throws Failure what the work threw; INTERNAL for any other exception
     */
    public static <T> T call(ProcessId process, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(() -> {
            hurry();
            return work.call();
        });
        Thread thread = new Thread(task, "tracer of " + process.pid());
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException later) {
                    // Half a batch must not be left behind, so the work goes on to its end.
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw asFailure(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A stopped program waits for this thread: it comes first, where that is permitted, and its sleeps end on time. */
    private static void hurry() {
        Libc.prctl(Libc.PR_SET_TIMERSLACK, 1, 0, 0, 0);
        if (Scheduling.isBusy() && Scheduling.putFirst(0)) {
            // A real-time thread that yields, yields to nobody.
            Wait.onlyNap();
        }
    }

    private static Failure asFailure(Throwable cause) {
        if (cause instanceof Failure failure) {
            return failure;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new Failure(Reason.INTERNAL, "Tracing failed: " + cause, "Report this as a fault of dyntrace.", cause);
    }
}
