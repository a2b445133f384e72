package org.dyntrace.mbeans.connector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Closes a channel unless what was to be done with it is done in time: blocking channels have no timeout of their own. */
final class Deadline {
    private final CountDownLatch done = new CountDownLatch(1);

    Deadline(Duration patience, Channel channel) {
        Thread watch = new Thread(() -> watch(patience, channel), "dyntrace-deadline");
        watch.setDaemon(true);
        watch.start();
    }

    private void watch(Duration patience, Channel channel) {
        try {
            if (!done.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                channel.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void met() {
        done.countDown();
    }
}
