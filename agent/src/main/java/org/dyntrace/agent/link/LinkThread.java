package org.dyntrace.agent.link;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.dyntrace.agent.natives.Natives;
import org.dyntrace.agent.symbols.LoadedMethods;
import org.dyntrace.agent.tracepoint.Tracepoints;

/**
 * The agent's one thread: finds the daemon, does what it asks, and looks after the tracepoints. Without a daemon it sleeps
 * until one comes, and without a tracepoint it sleeps until it is asked for something. It does not keep the JVM alive.
 */
public final class LinkThread implements Runnable {
    private static final int LOOK_MILLISECONDS = 250;
    private static final int FOR_EVER = -1;
    /** How often the counters are looked at, and those of threads that have ended are put together. */
    private static final long RETIRE_NANOS = 5_000_000_000L;

    private final Requests requests;
    private final Tracepoints tracepoints;
    private final Rescans rescans;
    private long retired = System.nanoTime();
    private volatile List<String> rundirs;
    private volatile DaemonLink link;

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
    }

    @Override
    public void run() {
        DyntraceHits.ignoreThisThread();
        while (!requests.left()) {
            try (DaemonLink found = find()) {
                if (found == null) {
                    Natives.awaitDaemon(rundirs.toArray(new String[0]), pause());
                    lookAfter();
                } else {
                    link = found;
                    serve(found);
                }
            } catch (IOException daemonGone) {
                // Another will come.
            } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
                // Nothing of the program's: it must not see an uncaught exception of ours. The tracepoints stay.
                Natives.awaitDaemon(new String[0], LOOK_MILLISECONDS);
            } finally {
                link = null;
            }
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
        daemon.greet();
        while (!requests.left()) {
            if (daemon.await(pause())) {
                requestsOf(daemon);
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
