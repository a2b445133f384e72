package org.dyntrace.daemon.link;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Questions to an agent and its answers, one after the other, each with a time limit: a target that is stopped, or whose
 * agent is confused, must not hold the daemon.
 *
 * @param <R> an answer
 */
final class Exchange<R> {
    /** However often an agent says that it is at work: all methods of a large program take minutes. */
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(30);

    private final Frames frames;
    private final ProcessId process;
    private final ToIntFunction<R> id;
    private final BlockingQueue<Optional<R>> replies = new ArrayBlockingQueue<>(4);
    private int lastId;
    private volatile boolean open = true;
    private volatile long lastSign;

    Exchange(Frames frames, ProcessId process, ToIntFunction<R> id) {
        this.frames = frames;
        this.process = process;
        this.id = id;
    }

    boolean isOpen() {
        return open;
    }

    /** Takes an answer. */
    void answered(R reply) throws IOException {
        if (!replies.offer(Optional.of(reply))) {
            throw new IOException("an answer that nobody asked for");
        }
    }

    /** The agent is at work on what it was asked: its time begins anew. */
    void working() {
        lastSign = System.nanoTime();
    }

    /**
     * Asks.
     *
     * @param question makes the message from the id that the answer will carry
     * @param descriptor to send along, or -1
     * @param seconds the longest silence of the agent
     * @return the answer
     * @throws Failure AGENT_LOST or PROCESS_GONE
     */
    synchronized R ask(IntFunction<byte[]> question, int descriptor, long seconds) {
        if (!open) {
            throw lost(null);
        }
        try {
            frames.send(question.apply(++lastId), descriptor);
            working();
            long begin = System.nanoTime();
            Optional<R> reply;
            do {
                reply = replies.poll(seconds, TimeUnit.SECONDS);
            } while (reply == null
                    && System.nanoTime() - lastSign < TimeUnit.SECONDS.toNanos(seconds)
                    && System.nanoTime() - begin < LONGEST_NANOS);
            if (reply == null || reply.isEmpty() || id.applyAsInt(reply.get()) != lastId) {
                // From now on questions and answers would not fit together.
                close();
                throw lost(null);
            }
            return reply.get();
        } catch (IOException | LastErrorException e) {
            close();
            throw lost(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw lost(e);
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

    /** Ends the conversation; the reader notices. */
    void close() {
        if (open) {
            open = false;
            frames.end();
        }
    }

    /** Nobody reads any more: who waits for an answer is told. */
    void ended() {
        open = false;
        replies.offer(Optional.empty());
    }
}
