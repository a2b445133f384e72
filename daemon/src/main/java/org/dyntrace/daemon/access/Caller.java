package org.dyntrace.daemon.access;

import java.util.Set;
import java.util.function.Supplier;

/**
 * Who asks: what the kernel says of the process at the other end of a connection, at the moment when it connected.
 *
 * @param uid its effective user id
 * @param gid its effective group id
 * @param groups all of its supplementary groups
 * @param pid its pid in the daemon's pid namespace; it may have ended since, and the number may be another's
 */
public record Caller(long uid, long gid, Set<Long> groups, long pid) {
    private static final ThreadLocal<Caller> CURRENT = new ThreadLocal<>();
    private static final Caller DAEMON = OwnProcess.identity();

    /** Copies the set. */
    public Caller {
        groups = Set.copyOf(groups);
    }

    /**
     * Tells who has asked for what this thread does.
     *
     * <p>RMI runs a call on the thread that has read it from the connection, and each read marks its thread; so a connection's
     * calls can't run under another's name. On all other threads it is the daemon itself.
     *
     * @return the peer whose request this thread carries out, or {@link #daemon()}
     */
    public static Caller current() {
        Caller caller = CURRENT.get();
        return caller == null ? DAEMON : caller;
    }

    /** {@return the daemon itself} */
    public static Caller daemon() {
        return DAEMON;
    }

    /** Marks this thread as one that does what a caller asked. */
    static void marks(Caller caller) {
        CURRENT.set(caller);
    }

    /**
     * Does work for somebody on this thread: within it, {@link #current} is he.
     *
     * @param caller who has asked for it
     * @param work what to do
     * @param <T> what comes of it
     * @return what the work returns
     */
    public static <T> T doFor(Caller caller, Supplier<T> work) {
        Caller before = CURRENT.get();
        CURRENT.set(caller);
        try {
            return work.get();
        } finally {
            CURRENT.set(before);
        }
    }

    @Override
    public String toString() {
        return "uid " + uid + " pid " + pid;
    }
}
