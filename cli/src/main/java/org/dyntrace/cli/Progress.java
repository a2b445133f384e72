package org.dyntrace.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.ProgressInfo;

/** Tells a person at a terminal what takes so long, once it takes more than a second. */
final class Progress {
    private static final String ERASE_LINE = "\r\033[K";

    private final CountDownLatch done = new CountDownLatch(1);
    private final String what;

    private final Supplier<String> how;

    private Progress(String what, Supplier<String> how) {
        this.what = what;
        this.how = how;
    }

    /** {@return the result of the work} */
    static <T> T during(String what, Supplier<T> work) {
        return during(what, () -> "", work);
    }

    /**
     * The same, for work that knows how far it is.
     *
     * @param how far, in words; empty if that isn't known
     */
    static <T> T during(String what, Supplier<String> how, Supplier<T> work) {
        if (!Terminal.ERR) {
            return work.get();
        }
        Progress progress = new Progress(what, how);
        Thread clock = new Thread(progress::tick, "progress");
        clock.setDaemon(true);
        clock.start();
        try {
            return work.get();
        } finally {
            progress.stop(clock);
        }
    }

    /** {@return how far the request is that a process is at work on, in words} */
    static String of(ProcessMXBean process) {
        ProgressInfo now = process.getProgress();
        return now.getAll() == 0 ? "" : ", " + now.getDone() + " of " + now.getAll() + " classes";
    }

    private void tick() {
        try {
            for (int seconds = 1; !done.await(1, TimeUnit.SECONDS); seconds++) {
                System.err.print(ERASE_LINE + what + " ... " + seconds + " s" + how.get());
            }
            System.err.print(ERASE_LINE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop(Thread clock) {
        done.countDown();
        try {
            clock.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
