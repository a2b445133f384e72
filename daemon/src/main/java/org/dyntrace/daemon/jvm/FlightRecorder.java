package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * The Flight Recorder of a running JVM, asked as jcmd does, through the attach socket. What it writes goes into a fresh directory of its own /tmp,
 * and is read from there with the JVM's own rights: who runs the JVM could lay a link there.
 */
public final class FlightRecorder {
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration LISTEN = Duration.ofSeconds(10);
    private static final String FILE = "recording.jfr";
    private static final int PART = 1 << 16;

    private final ProcessId process;
    private final String name;
    private final long limit;

    /**
     * A recording in a JVM.
     *
     * @param process the JVM
     * @param name the recording's name
     * @param limit how many bytes it may have; the oldest events go
     */
    public FlightRecorder(ProcessId process, String name, long limit) {
        this.process = process;
        this.name = name;
        this.limit = limit;
    }

    /**
     * Starts it.
     *
     * @param settings a profile of that JDK, such as {@code default} or {@code profile}, or a file that the JVM can read
     * @throws Failure RECORDING, JFR_MISSING, and what keeps one from attaching
     */
    public void start(String settings) {
        ask(
                "JFR.start name=" + name + " settings=" + settings + " disk=true maxsize=" + limit,
                "Started recording",
                Optional.empty());
    }

    /**
     * Writes what it has into a file, and goes on.
     *
     * @param to the file, which is not there yet
     */
    public void dump(Path to) {
        ask("JFR.dump name=" + name, "Dumped recording", Optional.of(to));
    }

    /**
     * Writes what it has into a file, and ends it.
     *
     * @param to the file, which is not there yet
     */
    public void stop(Path to) {
        ask("JFR.stop name=" + name, "Stopped recording", Optional.of(to));
    }

    /** Ends it, and leaves nothing. */
    public void discard() {
        ask("JFR.stop name=" + name, "Stopped recording", Optional.empty());
    }

    private void ask(String command, String done, Optional<Path> to) {
        ProcessFacts facts = ProcessFacts.of(process);
        Jvm.checkAnswers(facts);
        try (Jvm jvm = Jvm.open(facts);
                FileChannel file = to.isEmpty()
                        ? null
                        : FileChannel.open(to.get(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            onItsOwnThread(new Asking(facts, jvm, command, done, file));
        } catch (IOException e) {
            throw failed("its recording can't be written: " + e.getMessage(), e);
        }
    }

    private void onItsOwnThread(Callable<Void> asking) {
        FutureTask<Void> task = new FutureTask<>(asking);
        Thread thread = new Thread(task, "recording of " + process.pid());
        thread.setDaemon(true);
        thread.start();
        try {
            task.get(ANSWER.plus(LISTEN).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw Refused.notResponding(process, "has a file system that does not answer");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            if (process.hasEnded()) {
                throw process.gone();
            }
            throw failed("it can't be asked: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Reason.INTERNAL, "The daemon is ending.", "Ask the next one.", e);
        }
    }

    private Failure failed(String why, Throwable cause) {
        return new Failure(
                Reason.RECORDING,
                "JVM " + process.pid() + " can't take part in the recording: " + why + ".",
                "See whether 'jcmd " + process.pid() + " JFR.check' works as the user who runs it.",
                cause);
    }

    /** The target's user may not be allowed to read where our own classes are. */
    private static void loadWhatFollows() {
        Attach.loadWhatFollows();
        for (Class<?> type : List.of(Asking.class, Luggage.class, Reason.class)) {
            try {
                MethodHandles.lookup().ensureInitialized(type);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** One command. */
    private final class Asking implements Callable<Void> {
        private final ProcessFacts facts;
        private final Jvm jvm;
        private final String command;
        private final String done;
        private final FileChannel to;

        Asking(ProcessFacts facts, Jvm jvm, String command, String done, FileChannel to) {
            this.facts = facts;
            this.jvm = jvm;
            this.command = command;
            this.done = done;
            this.to = to;
        }

        @Override
        public Void call() throws IOException {
            try (Watched target = new Watched(process);
                    TargetRoot root = TargetRoot.open(process)) {
                if (Caller.daemon().uid() == 0) {
                    loadWhatFollows();
                    Identity.take(facts);
                }
                try (Descriptor temporary = root.open("/tmp", Libc.O_PATH | Libc.O_DIRECTORY)) {
                    AttachListener listener =
                            new AttachListener(target, facts, jvm::settings, temporary, Optional.empty());
                    if (to == null) {
                        ask(listener, command);
                    } else {
                        try (Luggage luggage = Luggage.make(root, false)) {
                            ask(listener, command + " filename=" + luggage.path() + "/" + FILE);
                            try (Descriptor written = luggage.open(FILE)) {
                                copy(written);
                            }
                        }
                    }
                }
            }
            return null;
        }

        private void ask(AttachListener listener, String words) throws IOException {
            Deadline listening = Deadline.in(LISTEN);
            Optional<AttachSocket> open = listener.connect(listening);
            try (AttachSocket socket = open.isPresent() ? open.get() : listener.wake(listening)) {
                String reply = socket.execute(Deadline.in(ANSWER), "jcmd", words)
                        .orElseThrow(() ->
                                Refused.notResponding(process, "has not answered within " + ANSWER.toSeconds() + " s"));
                if (!reply.contains(done)) {
                    throw failed("it says '" + firstWords(reply) + "'", null);
                }
            }
        }

        private static String firstWords(String reply) {
            return reply.lines()
                    .skip(1)
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .findFirst()
                    .orElse("nothing");
        }

        /** A recording is a few chunks longer than its bound at the most; whoever runs the JVM could put anything there. */
        private void copy(Descriptor from) throws IOException {
            byte[] part = new byte[PART];
            long copied = 0;
            for (long got = Libc.read(from.number(), part, PART); got > 0; got = Libc.read(from.number(), part, PART)) {
                copied += got;
                if (copied > 2 * limit + (64L << 20)) {
                    throw new IOException("it is longer than " + limit + " bytes");
                }
                ByteBuffer bytes = ByteBuffer.wrap(part, 0, (int) got);
                while (bytes.hasRemaining()) {
                    to.write(bytes);
                }
            }
        }
    }
}
