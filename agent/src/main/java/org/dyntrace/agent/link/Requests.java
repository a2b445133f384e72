package org.dyntrace.agent.link;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.dyntrace.agent.Refusal;
import org.dyntrace.agent.symbols.LoadedMethods;
import org.dyntrace.agent.tracepoint.Tracepoints;
import org.dyntrace.agent.tracer.LogFile;
import org.dyntrace.agent.weave.Progress;
import org.dyntrace.wire.FromJvm;
import org.dyntrace.wire.JvmFailure;
import org.dyntrace.wire.JvmProgress;
import org.dyntrace.wire.JvmReply;
import org.dyntrace.wire.JvmRequest;
import org.dyntrace.wire.JvmSite;
import org.dyntrace.wire.ListSites;
import org.dyntrace.wire.Place;

/** Does what the daemon asks. */
final class Requests {
    /** A page must fit into a frame, whatever the next entry's length. */
    private static final int PAGE_BYTES = DaemonLink.FRAME_MAX / 2;

    private static final long PROGRESS_NANOS = 100_000_000;

    private final LoadedMethods methods;
    private final Tracepoints tracepoints;
    private Path libraries;
    private boolean left;

    Requests(LoadedMethods methods, Tracepoints tracepoints, Path libraries) {
        this.methods = methods;
        this.tracepoints = tracepoints;
        this.libraries = libraries;
    }

    /** Where the libraries are for a tracer that is used from now on. */
    void libraries(Path folder) {
        libraries = folder;
    }

    /** Answers one request. */
    void answer(JvmRequest request, DaemonLink link) throws IOException {
        JvmReply.Builder reply = JvmReply.newBuilder().setId(request.getId());
        try {
            fulfil(request, link, reply);
        } catch (Refusal refusal) {
            reply.setFailure(JvmFailure.newBuilder()
                    .setReason(refusal.reason())
                    .setWhat(refusal.getMessage())
                    .setHint(refusal.hint()));
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            reply.setFailure(JvmFailure.newBuilder()
                    .setReason("INTERNAL")
                    .setWhat("The agent failed: " + e + ".")
                    .setHint("The JVM goes on without this request; please report it."));
        } finally {
            link.closePassed();
        }
        link.send(FromJvm.newBuilder().setReply(reply).build());
    }

    private void fulfil(JvmRequest request, DaemonLink link, JvmReply.Builder reply) {
        switch (request.getBodyCase()) {
            case LIST_METHODS -> {
                LoadedMethods.Page page = methods.list(request.getListMethods(), PAGE_BYTES);
                reply.addAllMethods(page.methods()).setMore(page.more());
            }
            case PLACE -> place(request.getPlace(), link);
            case REMOVE -> tracepoints.remove(request.getRemove().getName(), progress(link));
            case SWITCH -> tracepoints.enable(request.getSwitch(), progress(link));
            case LIST_TRACEPOINTS ->
                reply.addAllTracepoints(
                        tracepoints.list(request.getListTracepoints().getName()));
            case DETACH -> leave(link);
            case LIST_SITES -> sites(request.getListSites(), reply);
            default ->
                throw new Refusal(
                        "UNSUPPORTED", "This agent is older than the daemon.", "Restart the JVM to load a new one.");
        }
    }

    private void place(Place place, DaemonLink link) {
        int descriptor = link.takeDescriptor();
        LogFile log = descriptor < 0 ? null : LogFile.of(descriptor);
        try {
            tracepoints.place(place, libraries, log, progress(link));
        } catch (RuntimeException | Error e) {
            if (log != null) {
                log.close();
            }
            throw e;
        }
    }

    /**
     * What is needed for the reply has been loaded by earlier ones. From now on an attach starts another agent, so that the daemon may
     * ask for one as soon as it has the reply.
     */
    private void leave(DaemonLink link) {
        tracepoints.close(progress(link));
        left = true;
        DyntraceHits.forgetThreads();
        if (Requests.class.getClassLoader() instanceof Closeable loader) {
            try {
                loader.close();
            } catch (IOException e) {
                // The JVM closes it with the loader.
            }
        }
    }

    /** {@return whether the agent was told to leave, and has nothing in the JVM any more but its thread} */
    boolean left() {
        return left;
    }

    private void sites(ListSites wanted, JvmReply.Builder reply) {
        List<JvmSite> sites = tracepoints.sites(wanted.getName());
        int bytes = 0;
        int at = wanted.getOffset();
        while (at >= 0 && at < sites.size() && bytes < PAGE_BYTES) {
            JvmSite site = sites.get(at++);
            bytes += site.getSerializedSize() + 4;
            reply.addSites(site);
        }
        reply.setMore(at < sites.size());
    }

    /** Tells the daemon, but not at each step. */
    private static Progress progress(DaemonLink link) {
        long[] last = {System.nanoTime()};
        return (done, all) -> {
            if (System.nanoTime() - last[0] < PROGRESS_NANOS) {
                return;
            }
            last[0] = System.nanoTime();
            try {
                link.send(FromJvm.newBuilder()
                        .setProgress(JvmProgress.newBuilder().setDone(done).setAll(all))
                        .build());
            } catch (IOException daemonGone) {
                // The reply will tell; what was begun is finished.
            }
        };
    }
}
