package org.dyntrace.daemon.link;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.wire.FromAgent;
import org.dyntrace.wire.Hello;

/** The link to one agent, of either kind. */
public abstract sealed class AgentLink implements AutoCloseable permits NativeLink, JvmLink {
    private static final Logger LOG = System.getLogger(AgentLink.class.getName());
    private static final int PROTOCOL = 1;
    private static final int HELLO_MILLISECONDS = 10_000;

    private final Frames frames;
    private final ProcessId process;

    AgentLink(Frames frames, ProcessId process) {
        this.frames = frames;
        this.process = process;
    }

    /** {@return a link to the agent that speaks first, and says what it is} */
    static AgentLink greet(Frames frames, ProcessId process) throws IOException {
        frames.patience(HELLO_MILLISECONDS);
        FromAgent message = FromAgent.parseFrom(frames.receive());
        frames.patience(0);
        Hello hello = message.getHello();
        if (!message.hasHello() || hello.getProtocol() != PROTOCOL || hello.hasNative() == hello.hasJvm()) {
            throw new IOException("no hello that this daemon understands");
        }
        return hello.hasNative()
                ? new NativeLink(frames, process, hello.getNative().getAnchor())
                : new JvmLink(frames, process, hello.getJvm().getRelease());
    }

    /** {@return whose agent it is, as the kernel tells} */
    public ProcessId process() {
        return process;
    }

    /** Takes what the agent says until the link ends. */
    void read() throws IOException {
        while (exchange().isOpen()) {
            take(frames.receive());
        }
    }

    abstract void take(byte[] message) throws IOException;

    abstract Exchange<?> exchange();

    /** Ends the link. The target stays as it is. */
    @Override
    public void close() {
        exchange().close();
    }

    void release() {
        exchange().ended();
        try {
            frames.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "close", e);
        }
    }
}
