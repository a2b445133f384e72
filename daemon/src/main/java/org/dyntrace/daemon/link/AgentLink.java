package org.dyntrace.daemon.link;

import com.sun.jna.LastErrorException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import jnr.unixsocket.UnixSocketChannel;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.wire.CloseLog;
import org.dyntrace.wire.EmitInfo;
import org.dyntrace.wire.FromAgent;
import org.dyntrace.wire.LoadLttng;
import org.dyntrace.wire.Map;
import org.dyntrace.wire.OpenLog;
import org.dyntrace.wire.Reap;
import org.dyntrace.wire.Reply;
import org.dyntrace.wire.Request;
import org.dyntrace.wire.Resolve;
import org.dyntrace.wire.Unmap;

/**
 * The link to one agent. Requests go one after the other, each with a time limit: a target that is stopped, or whose
 * agent is confused, must not hold the daemon.
 */
public final class AgentLink implements AutoCloseable {
    private static final int FRAME_MAX = 65536;
    private static final int PROTOCOL = 1;
    private static final long SECONDS = 5;
    private static final long LOADING_SECONDS = 15;

    private final UnixSocketChannel channel;
    private final ProcessId process;
    private final BlockingQueue<Reply> replies = new ArrayBlockingQueue<>(4);
    private AgentKind kind;
    private long anchor;
    private int lastId;
    private volatile boolean open = true;

    AgentLink(UnixSocketChannel channel, ProcessId process) {
        this.channel = channel;
        this.process = process;
    }

    /** {@return whose agent it is, as the kernel tells} */
    public ProcessId process() {
        return process;
    }

    /** {@return what kind of agent it is} */
    public AgentKind kind() {
        return kind;
    }

    /** {@return address of the native agent's anchor} */
    public long anchor() {
        return anchor;
    }

    /** Reads the first message. */
    void greet() throws IOException {
        FromAgent message = receive();
        if (!message.hasHello()
                || message.getHello().getProtocol() != PROTOCOL
                || !message.getHello().hasNative()) {
            throw new IOException("no hello that this daemon understands");
        }
        kind = AgentKind.NATIVE;
        anchor = message.getHello().getNative().getAnchor();
    }

    /** Takes replies until the link ends. */
    void read() throws IOException {
        while (open) {
            FromAgent message = receive();
            if (!message.hasReply() || !replies.offer(message.getReply())) {
                throw new IOException("a message that nobody asked for");
            }
        }
    }

    private FromAgent receive() throws IOException {
        int length = receive(4).getInt();
        if (length < 1 || length > FRAME_MAX) {
            throw new IOException("a frame of " + length + " bytes");
        }
        return FromAgent.parseFrom(receive(length).array());
    }

    private ByteBuffer receive(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
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
                    "Process " + process.pid() + " can't map memory for tracepoints (errno " + reply.getError() + ").",
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
                    "Process " + process.pid() + " can't take another open file (errno " + reply.getError() + ").",
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
                    "LTTng-UST can't be loaded in process " + process.pid() + ": " + reply.getMessage() + ".",
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

    /** Records the exits of frames that were marked as abandoned. */
    public void reap() {
        ask(Request.newBuilder().setReap(Reap.getDefaultInstance()), -1, SECONDS);
    }

    private synchronized Reply ask(Request.Builder request, int descriptor, long seconds) {
        if (!open) {
            throw lost(null);
        }
        try {
            send(request.setId(++lastId).build().toByteArray(), descriptor);
            Reply reply = replies.poll(seconds, TimeUnit.SECONDS);
            if (reply == null || reply.getId() != lastId) {
                // From now on questions and answers would not fit together.
                close();
                throw lost(null);
            }
            return reply;
        } catch (IOException | LastErrorException e) {
            close();
            throw lost(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw lost(e);
        }
    }

    private void send(byte[] message, int descriptor) throws IOException {
        byte[] frame = ByteBuffer.allocate(4 + message.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(message.length)
                .put(message)
                .array();
        int sent = descriptor < 0 ? 0 : DescriptorPassing.send(channel.getFD(), frame, descriptor);
        ByteBuffer rest = ByteBuffer.wrap(Arrays.copyOfRange(frame, sent, frame.length));
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    private Failure lost(Exception cause) {
        if (!process.isAlive()) {
            return process.gone();
        }
        return new Failure(
                Reason.AGENT_LOST,
                "The agent in process " + process.pid() + " does not answer.",
                "It connects again by itself when the process goes on; 'dyntrace attach' hurries it.",
                cause);
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            try {
                // A reader that blocks is woken by the end of the stream, not by the close.
                channel.shutdownInput();
                channel.shutdownOutput();
            } catch (IOException alreadyGone) {
                // the reader has seen it
            }
        }
    }

    void release() {
        open = false;
        replies.offer(Reply.getDefaultInstance());
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger(AgentLink.class.getName()).log(System.Logger.Level.DEBUG, "close", e);
        }
    }
}
