package org.dyntrace.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Takes back what a command has done, when somebody ends it (Ctrl-C, SIGTERM) before it was done with it. */
final class Undo {
    /** The daemon ends what it has begun, which takes seconds for tens of thousands of sites. */
    private static final int SECONDS = 60;

    private Undo() {}

    /**
     * Does the work.
     *
     * @param undo is given the work's result if that came after the user had ended the command; then nothing is returned
     */
    static <T> T ifEnded(Supplier<T> work, Consumer<T> undo) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread hook = new Thread(() -> takeBack(result, undo), "undo");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            result.complete(work.get());
        } finally {
            // Without effect but for a failure: then there is nothing to take back.
            result.cancel(false);
            stayIfEnding(hook);
        }
        return result.join();
    }

    private static <T> void takeBack(CompletableFuture<T> result, Consumer<T> undo) {
        try {
            undo.accept(result.get(SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            Complaint.warning("ended, but the daemon is still at work: see 'dyntrace list-tracepoints'.");
        } catch (ExecutionException | RuntimeException e) {
            Complaint.warning("ended; nothing was placed.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The connection must last until the hook has run; the JVM ends this thread then. */
    private static void stayIfEnding(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
