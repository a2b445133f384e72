package org.dyntrace.daemon.jmx;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Goes round many things, one after the other, and holds none up for one that takes long: that one goes on in a thread of its own, and
 * is left out until it is done. So there are no more threads than slow things, and one.
 *
 * @param <T> what is visited
 */
final class Rounds<T> {
    private static final long BRIEF_MILLISECONDS = 5;

    private final Set<T> visited = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "look");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Visits one.
     *
     * @param each it
     * @param visit must deal with its own exceptions
     */
    void visit(T each, Runnable visit) {
        if (!visited.add(each)) {
            return;
        }
        try {
            threads.submit(() -> {
                        try {
                            visit.run();
                        } finally {
                            visited.remove(each);
                        }
                    })
                    .get(BRIEF_MILLISECONDS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException itGoesOnByItself) {
            // The next one's turn.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
