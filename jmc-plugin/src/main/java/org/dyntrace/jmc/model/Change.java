package org.dyntrace.jmc.model;

import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.dyntrace.mbeans.Failure;

/**
 * A change that somebody has asked for: attach, add, remove… It may be cancelled before it has begun: then nothing is asked of the daemon. While it
 * is made, it may be cancelled if it can be undone: a request on its way can't be called back, so what it has done is undone as soon as the daemon has
 * answered. Nobody gets the answer of a change that was cancelled.
 *
 * @param <T> the type of its answer
 */
public final class Change<T> {
    /**
     * Takes back what a change has done.
     *
     * @param <T> the type of its answer
     */
    public interface Undo<T> {
        /**
         * Takes it back; waits for the daemon.
         *
         * @param done the change's answer
         * @throws Exception what asking the daemon throws
         */
        void undo(T done) throws Exception;
    }

    private final String title;
    private final long pid;
    private final Callable<T> work;
    private final Undo<T> undo;
    private final Consumer<T> then;
    private final Consumer<Change<T>> ended;
    private boolean begun;
    private boolean cancelled;
    private Failure failure;
    private Failure missed;

    /**
     * A change.
     *
     * @param title what it does, for people
     * @param pid the process, whose progress can be asked for; 0 for none
     * @param work asks the daemon for it
     * @param undo takes it back when it was cancelled after it had begun; null for what can't be taken back
     * @param then gets its answer, on the thread of the user interface; not when it failed or was cancelled
     * @param ended called once at its end, whatever that was, on the same thread and before that
     */
    public Change(String title, long pid, Callable<T> work, Undo<T> undo, Consumer<T> then, Consumer<Change<T>> ended) {
        this.title = title;
        this.pid = pid;
        this.work = work;
        this.undo = undo;
        this.then = then;
        this.ended = ended;
    }

    /** {@return what it does, for people} */
    public String title() {
        return title;
    }

    /** {@return the process, or 0} */
    public long pid() {
        return pid;
    }

    /** {@return whether it can still be cancelled} */
    public synchronized boolean canBeCancelled() {
        return !cancelled && (!begun || undo != null);
    }

    /** Cancels it, if it can still be. */
    public synchronized void cancel() {
        cancelled |= canBeCancelled();
    }

    /** {@return whether it was cancelled} */
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** {@return whether it has begun} */
    public synchronized boolean hasBegun() {
        return begun;
    }

    /** {@return why it failed, or null when it didn't} */
    public synchronized Failure failure() {
        return failure;
    }

    /** {@return why it failed after it had been cancelled, so that there was nothing to undo; else null} */
    public synchronized Failure missed() {
        return missed;
    }

    Callable<T> work() {
        return work;
    }

    /** False when it was cancelled before. */
    synchronized boolean begin() {
        begun = !cancelled;
        return begun;
    }

    Void undo(T done) throws Exception {
        undo.undo(done);
        return null;
    }

    void succeed(T done) {
        ended.accept(this);
        then.accept(done);
    }

    void skip() {
        ended.accept(this);
    }

    void miss(Failure why) {
        synchronized (this) {
            missed = why;
        }
        ended.accept(this);
    }

    void fail(Failure why) {
        synchronized (this) {
            failure = why;
        }
        ended.accept(this);
    }
}
