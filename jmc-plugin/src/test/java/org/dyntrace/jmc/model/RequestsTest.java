package org.dyntrace.jmc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** This test's thread is the one of the user interface: it takes answers one after the other. */
class RequestsTest {
    private final BlockingQueue<Runnable> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final Requests requests = new Requests(answers::add);

    @AfterEach
    void close() {
        requests.close();
    }

    @Test
    void answerOnTheAskersThread() throws Exception {
        Thread[] worker = new Thread[1];
        requests.look("a", () -> worker[0] = Thread.currentThread(), done -> said.add("done"), this::failed);
        assertTrue(said.isEmpty());
        answer();
        assertEquals("done", said.remove());
        assertFalse(worker[0] == Thread.currentThread());
    }

    @Test
    void answerOnlyTheNewestLookAboutAThing() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch slow = new CountDownLatch(1);
        requests.look(
                "a",
                () -> {
                    begun.countDown();
                    slow.await();
                    return "old";
                },
                said::add,
                this::failed);
        assertTrue(begun.await(10, TimeUnit.SECONDS));
        requests.look("a", () -> "new", said::add, this::failed);
        answer();
        assertEquals("new", said.remove());
        slow.countDown();
        answer();
        assertNull(said.poll());
    }

    @Test
    void tellFailuresByTheirReason() throws Exception {
        requests.look(
                "a",
                () -> {
                    throw new Failure(Reason.NO_SUCH_SYMBOL, "what", "hint").toWire();
                },
                said::add,
                this::failed);
        answer();
        assertEquals("NO_SUCH_SYMBOL what hint", said.remove());
    }

    @Test
    void undoAChangeThatWasCancelledTooLate() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        Change<String> change = change(() -> {
            begun.countDown();
            goesOn.await();
            return "placed";
        });
        requests.change(change);
        assertTrue(begun.await(10, TimeUnit.SECONDS));
        change.cancel();
        goesOn.countDown();
        answer();
        assertEquals(List.of("undo placed", "ended"), List.copyOf(said));
    }

    @Test
    void neverBeginAChangeThatWasCancelledBefore() throws Exception {
        Change<String> change = change(() -> {
            said.add("begun");
            return "";
        });
        change.cancel();
        requests.change(change);
        answer();
        assertEquals(List.of("ended"), List.copyOf(said));
    }

    @Test
    void neverCancelWhatHasBegunAndCantBeUndone() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        Change<String> change = new Change<>(
                "a change",
                0,
                () -> {
                    begun.countDown();
                    goesOn.await();
                    return "removed";
                },
                null,
                said::add,
                ended -> said.add("ended"));
        assertTrue(change.canBeCancelled());
        requests.change(change);
        assertTrue(begun.await(10, TimeUnit.SECONDS));
        assertFalse(change.canBeCancelled());
        change.cancel();
        assertFalse(change.isCancelled());
        goesOn.countDown();
        answer();
        assertEquals(List.of("ended", "removed"), List.copyOf(said));
    }

    @Test
    void tellForHowLongALookHasWaited() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        assertEquals(Duration.ZERO, requests.silence());
        requests.look(
                "a",
                () -> {
                    begun.countDown();
                    goesOn.await();
                    return "";
                },
                said::add,
                this::failed);
        assertTrue(requests.awaits("a"));
        assertFalse(requests.awaits("b"));
        assertTrue(begun.await(10, TimeUnit.SECONDS));
        assertTrue(requests.silence().compareTo(Duration.ZERO) > 0);
        goesOn.countDown();
        answer();
        assertFalse(requests.awaits("a"));
    }

    @Test
    void endAChangeThatFailed() throws Exception {
        Change<String> change = change(() -> {
            throw new Failure(Reason.NO_SITE, "what", "hint");
        });
        requests.change(change);
        answer();
        assertEquals(List.of("ended"), List.copyOf(said));
        assertEquals(Reason.NO_SITE, change.failure().reason());
    }

    private Change<String> change(java.util.concurrent.Callable<String> work) {
        return new Change<>(
                "a change", 0, work, done -> said.add("undo " + done), said::add, change -> said.add("ended"));
    }

    private void failed(Failure failure) {
        said.add(failure.reason() + " " + failure.getMessage() + " " + failure.hint());
    }

    private void answer() throws InterruptedException {
        answers.poll(10, TimeUnit.SECONDS).run();
    }
}
