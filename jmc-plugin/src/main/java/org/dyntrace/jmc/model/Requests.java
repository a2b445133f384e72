package org.dyntrace.jmc.model;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.connector.DaemonConnection;

/**
 * Asks the daemon, or does what takes its time, away from the thread of the user interface; answers come back on that one. Looks go side by side, and of several
 * about one thing only the newest is answered. Changes are made one after the other.
 */
public final class Requests implements AutoCloseable {
    /** So many looks wait for the daemon at once; a daemon that hangs holds no more threads. */
    private static final int LOOKS = 4;

    private record Look<T>(long number, Callable<T> question, Consumer<T> answer, Consumer<Failure> failed) {}

    private final Executor answers;
    private final ExecutorService looks = Executors.newFixedThreadPool(LOOKS, threads("dyntrace-look"));
    private final ExecutorService changes = Executors.newSingleThreadExecutor(threads("dyntrace-change"));
    private final Map<String, Look<?>> newest = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Map<Look<?>, Long> asked = new ConcurrentHashMap<>();

    /**
     * Ready to ask.
     *
     * @param answers runs what is given to it on the thread of the user interface, later; it may drop it when there is none any more
     */
    public Requests(Executor answers) {
        this.answers = answers;
    }

    private static ThreadFactory threads(String name) {
        return run -> {
            Thread thread = new Thread(run, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Looks at something.
     *
     * @param about what it is about: an older look about the same is not answered any more
     * @param question asks the daemon
     * @param answer gets the answer
     * @param failed gets the failure
     * @param <T> the answer's type
     */
    public <T> void look(String about, Callable<T> question, Consumer<T> answer, Consumer<Failure> failed) {
        newest.put(about, new Look<>(number.incrementAndGet(), question, answer, failed));
        // One that waits for its turn already asks the newest question then, so that few wait at once.
        if (waiting.add(about)) {
            submit(looks, () -> {
                waiting.remove(about);
                Look<?> look = newest.get(about);
                if (look != null) {
                    ask(about, look);
                }
            });
        }
    }

    private <T> void ask(String about, Look<T> look) {
        asked.put(look, System.nanoTime());
        try {
            ask(
                    look.question(),
                    found -> ifNewest(about, look, () -> look.answer().accept(found)),
                    failure -> {
                        ifNewest(about, look, () -> look.failed().accept(failure));
                    });
        } finally {
            asked.remove(look);
        }
    }

    /**
     * Whether a look is under way, or waits for its turn.
     *
     * @param about as given to {@link #look}
     * @return whether it has not been answered yet
     */
    public boolean awaits(String about) {
        return newest.containsKey(about);
    }

    /** {@return for how long the daemon has not answered the look that has waited the longest; zero when none waits} */
    public Duration silence() {
        long now = System.nanoTime();
        return Duration.ofNanos(
                asked.values().stream().mapToLong(began -> now - began).max().orElse(0));
    }

    /**
     * Has no look about something answered that is under way.
     *
     * @param about as given to {@link #look}
     */
    public void forget(String about) {
        newest.remove(about);
    }

    private void ifNewest(String about, Look<?> look, Runnable then) {
        answers.execute(() -> {
            if (newest.remove(about, look)) {
                then.run();
            }
        });
    }

    /**
     * Changes something, after all changes that were asked for before.
     *
     * @param change what, with what to do on the thread of the user interface
     * @param <T> the answer's type
     */
    public <T> void change(Change<T> change) {
        submit(changes, () -> {
            if (change.begin()) {
                ask(change.work(), done -> finish(change, done), failure -> fail(change, failure));
            } else {
                answers.execute(change::skip);
            }
        });
    }

    /** Who has cancelled a change wants nothing of it, and nothing is there of one that failed; that is told, but as no error. */
    private void fail(Change<?> change, Failure failure) {
        answers.execute(() -> {
            if (change.isCancelled()) {
                change.miss(failure);
            } else {
                change.fail(failure);
            }
        });
    }

    private <T> void finish(Change<T> change, T done) {
        if (!change.isCancelled()) {
            answers.execute(() -> change.succeed(done));
            return;
        }
        // A request on its way can't be called back; what it has done is undone.
        ask(() -> change.undo(done), undone -> answers.execute(change::skip), failure -> {
            answers.execute(() -> change.fail(failure));
        });
    }

    private static <T> void ask(Callable<T> question, Consumer<T> answer, Consumer<Failure> failed) {
        T found;
        try {
            found = question.call();
        } catch (Exception e) {
            failed.accept(DaemonConnection.failure(e));
            return;
        }
        answer.accept(found);
    }

    private static void submit(ExecutorService to, Runnable run) {
        try {
            to.execute(run);
        } catch (RejectedExecutionException e) {
            // Closed: nobody waits for the answer.
        }
    }

    /** Asks nothing more. Answers that are on their way are dropped; a change that has begun is finished by the daemon. */
    @Override
    public void close() {
        newest.clear();
        looks.shutdownNow();
        changes.shutdownNow();
    }
}
