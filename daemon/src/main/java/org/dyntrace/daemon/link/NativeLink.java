package org.dyntrace.daemon.link;

import java.io.IOException;
import java.nio.file.Path;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.wire.CloseLog;
import org.dyntrace.wire.EmitInfo;
import org.dyntrace.wire.FromAgent;
import org.dyntrace.wire.Leave;
import org.dyntrace.wire.LoadLttng;
import org.dyntrace.wire.Map;
import org.dyntrace.wire.OpenLog;
import org.dyntrace.wire.Reap;
import org.dyntrace.wire.Reply;
import org.dyntrace.wire.Request;
import org.dyntrace.wire.Resolve;
import org.dyntrace.wire.Unmap;

/** The link to a native agent. */
public final class NativeLink extends AgentLink {
    private static final long SECONDS = 5;
    private static final long LOADING_SECONDS = 15;

    private final Exchange<Reply> exchange;
    private final long anchor;
    private volatile Runnable loaded = () -> {};

    NativeLink(Frames frames, ProcessId process, long anchor) {
        super(frames, process);
        this.exchange = new Exchange<>(frames, process, Reply::getId);
        this.anchor = anchor;
    }

    /** {@return address of the agent's anchor} */
    public long anchor() {
        return anchor;
    }

    /**
     * Sets what is done when the process has loaded or unloaded libraries, as far as the agent is told of it.
     *
     * @param action runs on the thread that reads the link: it must not ask the agent, nor wait
     */
    public void onLoaded(Runnable action) {
        loaded = action;
    }

    @Override
    Exchange<Reply> exchange() {
        return exchange;
    }

    @Override
    void take(byte[] message) throws IOException {
        FromAgent said = FromAgent.parseFrom(message);
        if (said.hasLoaded()) {
            loaded.run();
            return;
        }
        if (!said.hasReply()) {
            throw new IOException("a message that nobody asked for");
        }
        exchange.answered(said.getReply());
    }

    private Reply ask(Request.Builder request, int descriptor, long seconds) {
        return exchange.ask(id -> request.setId(id).build().toByteArray(), descriptor, seconds);
    }

    /**
     * Maps memory.
     *
     * @param address where, free now
     * @param size bytes
     * @param executable r-x if true, else rw-
     * @return the address
     * @throws Failure NO_ROOM when it isn't free any more
     */
    public long map(long address, long size, boolean executable) {
        Reply reply = ask(
                Request.newBuilder()
                        .setMap(Map.newBuilder()
                                .setAddress(address)
                                .setSize(size)
                                .setExecutable(executable)),
                -1,
                SECONDS);
        if (reply.getError() != 0) {
            throw new Failure(
                    Reason.NO_ROOM,
                    "Process " + process().pid() + " can't map memory for tracepoints (errno " + reply.getError()
                            + ").",
                    "Look at its memory limits (ulimit -v, cgroup), or whether it forbids executable memory.");
        }
        return reply.getValue();
    }

    /**
     * Unmaps memory.
     *
     * @param address where it begins
     * @param size bytes
     */
    public void unmap(long address, long size) {
        ask(Request.newBuilder().setUnmap(Unmap.newBuilder().setAddress(address).setSize(size)), -1, SECONDS);
    }

    /**
     * Asks which implementation an IFUNC stands for.
     *
     * @param address of its resolver
     * @return address of the implementation
     */
    public long resolve(long address) {
        return ask(Request.newBuilder().setResolve(Resolve.newBuilder().setAddress(address)), -1, SECONDS)
                .getValue();
    }

    /**
     * Gives the target a log file.
     *
     * @param descriptor the daemon's
     * @return the target's
     */
    public OpenedLog openLog(int descriptor) {
        Reply reply = ask(Request.newBuilder().setOpenLog(OpenLog.getDefaultInstance()), descriptor, SECONDS);
        if (reply.getError() != 0) {
            throw new Failure(
                    Reason.LOG_FILE,
                    "Process " + process().pid() + " can't take another open file (errno " + reply.getError() + ").",
                    "Raise its limit of open files (prlimit --nofile), or log to its stdout.");
        }
        return new OpenedLog((int) reply.getValue(), reply.getDevice(), reply.getInode());
    }

    /**
     * Takes it back.
     *
     * @param log the file
     */
    public void closeLog(OpenedLog log) {
        ask(
                Request.newBuilder()
                        .setCloseLog(CloseLog.newBuilder()
                                .setFd(log.fd())
                                .setDevice(log.device())
                                .setInode(log.inode())),
                -1,
                SECONDS);
    }

    /**
     * Loads the lttng tracer.
     *
     * @param library its library
     */
    public void loadLttng(Path library) {
        Reply reply = ask(
                Request.newBuilder().setLoadLttng(LoadLttng.newBuilder().setPath(library.toString())),
                -1,
                LOADING_SECONDS);
        if (reply.getError() != 0) {
            throw new Failure(
                    Reason.LTTNG_MISSING,
                    "LTTng-UST can't be loaded in process " + process().pid() + ": " + reply.getMessage() + ".",
                    "Install it where the process sees it (Debian package liblttng-ust1), or use the tracer log.");
        }
    }

    /**
     * Emits dyntrace_lttng:tracepoint_info.
     *
     * @param tracepoint its name
     * @param symbol its function
     * @param module its module
     * @param address its insertion address
     */
    public void emitInfo(String tracepoint, String symbol, String module, long address) {
        ask(
                Request.newBuilder()
                        .setEmitInfo(EmitInfo.newBuilder()
                                .setTracepoint(bounded(tracepoint, 200))
                                .setSymbol(bounded(symbol, 1000))
                                .setModule(bounded(module, 200))
                                .setAddress(address)),
                -1,
                SECONDS);
    }

    private static String bounded(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }

    /**
     * Makes the agent give all its memory back and end its thread, and with it this link. Nothing may lead to the agent any more.
     *
     * @return what to give to dlclose once the thread has ended, or why the library has to stay
     */
    public Left leave() {
        Reply reply = ask(Request.newBuilder().setLeave(Leave.getDefaultInstance()), -1, SECONDS);
        return new Left(reply.getValue(), reply.getMessage());
    }

    /**
     * How an agent has left.
     *
     * @param handle of its library, or 0 when that has to stay
     * @param reason why, or empty
     */
    public record Left(long handle, String reason) {}

    /** Records the exits of frames that were marked as abandoned. */
    public void reap() {
        ask(Request.newBuilder().setReap(Reap.getDefaultInstance()), -1, SECONDS);
    }
}
