package org.dyntrace.daemon.access;

import java.util.Set;
import java.util.function.Supplier;

/**
 * Who asks: what the kernel says of the process at the other end of a connection, at the moment when it connected.
 *
 * @param uid its effective user id
 * @param gid its effective group id
 * @param groups all of its supplementary groups
 * @param pid its pid in the daemon's pid namespace; it may have ended since, and the number may be another's; 0 for remote ones
 * @param remote who asks from another machine, by the name that he has proved, and from where; then uid and groups are those of the
 *     local user in whose name that is done. Empty for local ones
 */
public record Caller(long uid, long gid, Set<Long> groups, long pid, String remote) {
    /** From whom a thread has read last. RMI's threads serve one connection after the other, of all its connectors. */
    private static final ThreadLocal<Caller> READ_FROM = new ThreadLocal<>();

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
     * calls can't run under another's name. It counts only from {@link #begin} to {@link #end}, within a call through a
     * door of ours. Everywhere else it is the daemon itself: on its own threads, and in calls that come by a connector of the
     * JVM, which only the daemon's own user can open (by attaching to it).
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

    /**
     * Tells whose processes this daemon serves: one of root all, one of a user his own.
     *
     * @param uid who owns a process; its lower 32 bits count
     * @return whether this daemon may have it
     */
    public static boolean daemonServes(long uid) {
        return DAEMON.uid() == 0 || DAEMON.uid() == (uid & 0xffffffffL);
    }

    /** A local caller. */
    Caller(long uid, long gid, Set<Long> groups, long pid) {
        this(uid, gid, groups, pid, "");
    }

    /** Marks this thread as one that has read from a caller. */
    static void marks(Caller caller) {
        READ_FROM.set(caller);
    }

    /** {@return from whom this thread has read last, or null} */
    static Caller marked() {
        return READ_FROM.get();
    }

    /** From now on, this thread does what a caller has asked. */
    static void begin(Caller caller) {
        CURRENT.set(caller);
    }

    /** What was asked is done. */
    static void end() {
        CURRENT.remove();
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
        return remote.isEmpty() ? "uid " + uid + " pid " + pid : "remote " + remote;
    }
}
