package org.dyntrace.daemon.proc;

import java.util.List;

/**
 * What to do while all threads of a process stand still. It holds up a program in production: no logging, no files, no locks.
 *
 * @param <T> its result
 */
@FunctionalInterface
public interface StoppedAction<T> {
    /**
     * Does it.
     *
     * @param threads all the threads of the process
     * @return its result
     */
    T perform(List<StoppedThread> threads);
}
