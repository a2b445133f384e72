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
    private volatile List<String> rundirs;
    private volatile DaemonLink link;
    private int rest;

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
        this.rundirs = rundirs;
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
     * Looks for another daemon.
     *
     * @param directories where it may be
     * @param libraries the folder with the native libraries
     */
    public void look(List<String> directories, Path libraries) {
        rundirs = directories;
        requests.libraries(libraries);
        DaemonLink now = link;
        if (now != null) {
            now.interrupt();
        }
        asked.release();
    }

    @Override
    public void run() {
        DyntraceHits.ignoreThisThread();
        while (!requests.left()) {
            try (DaemonLink found = find()) {
                if (found == null) {
                    rest();
                    lookAfter();
                } else {
                    link = found;
                    serve(found);
                }
            } catch (IOException daemonGone) {
                // Another will come.
                rest();
            } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
                // Nothing of the program's: it must not see an uncaught exception of ours. The tracepoints stay.
                rest();
            } finally {
                link = null;
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

    private DaemonLink find() {
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
