package org.dyntrace.daemon.jmx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** One that is slow holds up nobody. */
class RoundsTest {
    private final Rounds<String> rounds = new Rounds<>();
    private final Queue<String> visits = new ConcurrentLinkedQueue<>();
    private final CountDownLatch slow = new CountDownLatch(1);
    private final Semaphore ends = new Semaphore(0);

    @Test
    void aSlowOneIsLeftOutUntilItIsDone() {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            List.of("slow", "a", "b", "slow").forEach(this::visit);
            ends.acquire(2);
            while (visits.stream().filter("a"::equals).count() == 1) {
                visit("a");
            }
            ends.acquire();
            assertEquals(4, visits.size(), visits::toString);
            slow.countDown();
            ends.acquire();
            while (visits.stream().filter("slow"::equals).count() == 1) {
                visit("slow");
            }
        });
    }

    private void visit(String each) {
        rounds.visit(each, () -> {
            visits.add(each);
            try {
                if (each.equals("slow")) {
                    slow.await();
                }
                ends.release();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
