package org.dyntrace.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Tells a person at a terminal what takes so long, once it takes more than a second. */
final class Progress {
    private static final String ERASE_LINE = "\r\033[K";

    private final CountDownLatch done = new CountDownLatch(1);
    private final String what;

    private Progress(String what) {
        this.what = what;
    }

    /** {@return the result of the work} */
    static <T> T during(String what, Supplier<T> work) {
        if (!Terminal.ERR) {
            return work.get();
        }
        Progress progress = new Progress(what);
        Thread clock = new Thread(progress::tick, "progress");
        clock.setDaemon(true);
        clock.start();
        try {
            return work.get();
        } finally {
            progress.stop(clock);
        }
    }

    private void tick() {
        try {
            for (int seconds = 1; !done.await(1, TimeUnit.SECONDS); seconds++) {
                System.err.print(ERASE_LINE + what + " ... " + seconds + " s");
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
