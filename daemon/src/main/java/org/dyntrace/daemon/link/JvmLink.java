package org.dyntrace.daemon.link;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.target.Progress;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.wire.Detach;
import org.dyntrace.wire.FromJvm;
import org.dyntrace.wire.JvmFailure;
import org.dyntrace.wire.JvmProgress;
import org.dyntrace.wire.JvmReply;
import org.dyntrace.wire.JvmRequest;
import org.dyntrace.wire.JvmSite;
import org.dyntrace.wire.JvmTracepoint;
import org.dyntrace.wire.ListMethods;
import org.dyntrace.wire.ListSites;
import org.dyntrace.wire.ListTracepoints;
import org.dyntrace.wire.Place;
import org.dyntrace.wire.Remove;
import org.dyntrace.wire.Switch;

/** The link to a Java agent. */
public final class JvmLink extends AgentLink {
    private static final int FRAME_MAX = 1 << 20;
    /** A retransformation waits for a safepoint, and the agent says nothing meanwhile. */
    private static final long SECONDS = 30;

    private final Exchange<JvmReply> exchange;
    private final int feature;
    private volatile Progress progress = Progress.NONE;

    JvmLink(Frames frames, ProcessId process, int feature) {
        super(frames.upTo(FRAME_MAX), process);
        this.exchange = new Exchange<>(frames, process, JvmReply::getId);
        this.feature = feature;
    }

    /** {@return feature release of the JVM: 17, 25} */
    public int feature() {
        return feature;
    }

    @Override
    Exchange<JvmReply> exchange() {
        return exchange;
    }

    @Override
    void take(byte[] message) throws IOException {
        FromJvm said = FromJvm.parseFrom(message);
        switch (said.getBodyCase()) {
            case PROGRESS -> {
                exchange.working();
                JvmProgress now = said.getProgress();
                progress.at(now.getDone(), now.getAll());
            }
            case REPLY -> exchange.answered(said.getReply());
            default -> throw new IOException("a message that says nothing");
        }
    }

    /**
     * Lists methods, by address.
     *
     * @param which and from where on
     * @return that page
     */
    public JvmReply methods(ListMethods which) {
        return ask(request -> request.setListMethods(which), -1);
    }

    /**
     * Places a tracepoint.
     *
     * @param what and where
     * @param log descriptor of its log file, or -1
     * @param listener is told how far it is
     */
    public void place(Place what, int log, Progress listener) {
        during(listener, () -> ask(request -> request.setPlace(what), log));
    }

    /**
     * Removes a tracepoint.
     *
     * @param name its name
     * @param listener is told how far it is
     */
    public void remove(String name, Progress listener) {
        during(
                listener,
                () -> ask(request -> request.setRemove(Remove.newBuilder().setName(name)), -1));
    }

    /**
     * Takes a tracepoint out of the code and keeps it, or puts it back.
     *
     * @param name its name
     * @param on whether it shall be in the code
     * @param listener is told how far it is
     */
    public void enable(String name, boolean on, Progress listener) {
        during(
                listener,
                () -> ask(
                        request -> request.setSwitch(
                                Switch.newBuilder().setName(name).setOn(on)),
                        -1));
    }

    /**
     * Takes all tracepoints and then the agent itself out of the JVM; the agent ends the link.
     *
     * @param listener is told how far it is
     */
    public void detach(Progress listener) {
        during(listener, () -> ask(request -> request.setDetach(Detach.getDefaultInstance()), -1));
    }

    private synchronized void during(Progress listener, Runnable request) {
        progress = listener;
        try {
            request.run();
        } finally {
            progress = Progress.NONE;
        }
    }

    /**
     * Lists tracepoints with their counts now.
     *
     * @param name only this one; empty for all
     * @return the tracepoints
     */
    public List<JvmTracepoint> tracepoints(String name) {
        return ask(
                        request -> request.setListTracepoints(
                                ListTracepoints.newBuilder().setName(name)),
                        -1)
                .getTracepointsList();
    }

    /**
     * Lists the places of a tracepoint.
     *
     * @param name its name
     * @param sites takes them
     */
    public void sites(String name, Consumer<JvmSite> sites) {
        int offset = 0;
        JvmReply page;
        do {
            ListSites next =
                    ListSites.newBuilder().setName(name).setOffset(offset).build();
            page = ask(request -> request.setListSites(next), -1);
            page.getSitesList().forEach(sites);
            offset += page.getSitesCount();
        } while (page.getMore() && page.getSitesCount() > 0);
    }

    private JvmReply ask(UnaryOperator<JvmRequest.Builder> question, int descriptor) {
        JvmReply reply = exchange.ask(
                id -> question.apply(JvmRequest.newBuilder().setId(id)).build().toByteArray(), descriptor, SECONDS);
        if (reply.hasFailure()) {
            throw failure(reply.getFailure());
        }
        return reply;
    }

    private static Failure failure(JvmFailure failure) {
        Reason reason = Arrays.stream(Reason.values())
                .filter(known -> known.name().equals(failure.getReason()))
                .findFirst()
                .orElse(Reason.INTERNAL);
        return new Failure(reason, failure.getWhat(), failure.getHint());
    }
}
