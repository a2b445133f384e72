package org.dyntrace.agent.link;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.dyntrace.agent.symbols.LoadedMethods;
import org.dyntrace.agent.tracepoint.Tracepoints;

/**
 * The agent's one thread: finds the daemon, does what it asks, and looks after the tracepoints. Without a daemon it looks once a
 * second whether one is there, and without a tracepoint it sleeps until it is asked for something. It does not keep the JVM alive.
 */
public final class LinkThread implements Runnable {
    private static final int LOOK_MILLISECONDS = 250;
    private static final int FOR_EVER = -1;
    /** How long to wait before looking for a daemon again: longer from time to time, but no longer than this. */
    private static final int REST_MILLISECONDS = 1000;

    private static final long HUNG_UP_NANOS = 2_000_000_000L;
    /** How often the counters are looked at, and those of threads that have ended are put together. */
    private static final long RETIRE_NANOS = 5_000_000_000L;

    private final Requests requests;
    private final Tracepoints tracepoints;
    private final Rescans rescans;
    private final Semaphore asked = new Semaphore(0);
    private long retired = System.nanoTime();
    private volatile Wanted wanted;
    private volatile Linked linked;
    private int rest;

    /** Where daemons may be, as was asked for the so-many-th time. */
    private record Wanted(int number, List<String> rundirs) {}

    /** A link, and the number of what it was found by. */
    private record Linked(int number, DaemonLink link) {}

    /**
     * Not started yet.
     *
     * @param methods of this JVM
     * @param tracepoints of this JVM
     * @param libraries the folder with the native libraries
     * @param rundirs where daemons may be
     */
    public LinkThread(LoadedMethods methods, Tracepoints tracepoints, Path libraries, List<String> rundirs) {
        this.requests = new Requests(methods, tracepoints, libraries);
        this.tracepoints = tracepoints;
        this.rescans = new Rescans(tracepoints);
        this.wanted = new Wanted(0, rundirs);
    }

    /** Begins. The thread itself is no object of a class of ours: what still knows it when it has ended must not keep our loader. */
    public void start() {
        Thread thread = new Thread(systemGroup(), this, "dyntrace agent", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }

    private static ThreadGroup systemGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    /**
     * Looks for another daemon. For one thread at a time.
     *
     * @param directories where it may be
     * @param libraries the folder with the native libraries
     */
    public void look(List<String> directories, Path libraries) {
        requests.libraries(libraries);
        int number = wanted.number + 1;
        wanted = new Wanted(number, directories);
        Linked now = linked;
        if (now != null && now.number != number) {
            now.link.interrupt();
        }
        asked.release();
    }

    @Override
    public void run() {
        DyntraceHits.ignoreThisThread();
        while (!requests.left()) {
            Wanted now = wanted;
            try (DaemonLink found = find(now.rundirs)) {
                linked = found == null ? null : new Linked(now.number, found);
                if (found == null) {
                    rest();
                    lookAfter();
                } else if (now.number == wanted.number) {
                    serve(found);
                }
            } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
                // The daemon is gone, and another will come; or nothing of the program's, which must not see an
                // uncaught
                // exception of ours. The tracepoints stay.
                rest();
            } finally {
                linked = null;
            }
        }
    }

    private void rest() {
        rest = Math.min(REST_MILLISECONDS, rest * 2 + 50);
        try {
            int now = tracepoints.isEmpty() ? rest : Math.min(rest, LOOK_MILLISECONDS);
            if (asked.tryAcquire(now, TimeUnit.MILLISECONDS)) {
                asked.drainPermits();
            }
        } catch (InterruptedException e) {
            // Not by us; and as good as the time's end.
        }
    }

    private static DaemonLink find(List<String> rundirs) {
        for (String rundir : rundirs) {
            DaemonLink found = DaemonLink.open(rundir);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private void serve(DaemonLink daemon) throws IOException {
        long begin = System.nanoTime();
        daemon.greet();
        while (!requests.left()) {
            if (daemon.await(pause())) {
                requestsOf(daemon);
            }
            // A daemon that hangs up at once will do so again.
            if (System.nanoTime() - begin > HUNG_UP_NANOS) {
                rest = 0;
            }
            lookAfter();
        }
    }

    private void requestsOf(DaemonLink daemon) throws IOException {
        requests.answer(daemon.receive(), daemon);
        rescans.begin();
    }

    private int pause() {
        return tracepoints.isEmpty() ? FOR_EVER : LOOK_MILLISECONDS;
    }

    private void lookAfter() {
        if (!tracepoints.isEmpty()) {
            rescans.look();
            tracepoints.watchRecordings();
            if (System.nanoTime() - retired > RETIRE_NANOS) {
                retired = System.nanoTime();
                DyntraceHits.retire();
                tracepoints.look();
            }
        }
    }
}
