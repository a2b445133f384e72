package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    /** The newest chunk does not count for maxsize; by default a JVM begins another one at this length. */
    private static final long CHUNK = 12L << 20;
    /** So much longer may a file be that a JVM gives. */
    private static final long SLACK = 64L << 20;

    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final int MOST_FILES = 100_000;
    private static final int MOST_LEFT = 100;
    private static final String STARTED = "Started recording";
    private static final String STOPPED = "Stopped recording";
    private static final Pattern REPOSITORY = Pattern.compile("(?m)^Repository path: (/.*)$");

    private final ProcessId process;
    private final String name;

    /**
     * A recording in a JVM.
     *
     * @param process the JVM
     * @param name the recording's name
     */
    public FlightRecorder(ProcessId process, String name) {
        this.process = process;
        this.name = name;
    }

    /**
     * Starts it.
     *
     * @param settings a profile of that JDK, such as {@code default} or {@code profile}, or a file that the JVM can read
     * @param share how many bytes it may have on disk; the oldest events go
     * @return the directory where the JVM keeps its recordings, as it sees it; empty if it does not say
     * @throws Failure RECORDING, JFR_MISSING, and what keeps one from attaching
     */
    public String start(String settings, long share) {
        ask("JFR.start name=" + name + " settings=" + settings + " disk=true maxsize=" + (share - CHUNK), STARTED);
        Matcher repository = REPOSITORY.matcher(ask("JFR.configure", ""));
        return repository.find() ? repository.group(1) : "";
    }

    /**
     * Writes what it has into a file, and goes on.
     *
     * @param to the file, which is not there yet
     * @param share how many bytes it may have, as was said at its start
     * @throws IOException when that file can't be written
     */
    public void dump(Path to, long share) throws IOException {
        // Whatever starts and stops another one begins a new chunk, whose head has the JVM's counter and the wall clock
        // of now.
        ask("JFR.start name=" + mark() + " settings=none", STARTED);
        stop(mark());
        ProcessFacts facts = facts();
        try (FileChannel file = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                Jvm jvm = Jvm.open(facts)) {
            onItsOwnThread(
                    new Asking(facts, jvm, "JFR.dump name=" + name, file, 2 * share + SLACK, "Dumped recording"),
                    ANSWER.plus(LISTEN));
        } catch (UncheckedIOException unwritten) {
            throw unwritten.getCause();
        }
    }

    /** Ends it, and leaves nothing; one that is not there is ended already. */
    public void discard() {
        stop(mark());
        stop(name);
    }

    private String mark() {
        return name + "-end";
    }

    /** A daemon that was killed between a start and its stop leaves one, and the next one begins another of that name. */
    private void stop(String all) {
        String reply = STOPPED;
        for (int i = 0; i < MOST_LEFT && reply.contains(STOPPED); i++) {
            reply = ask("JFR.stop name=" + all, STOPPED, "Could not stop recording");
        }
    }

    /**
     * {@return how many bytes a JVM has on disk for what its Flight Recorder has recorded since a moment, for this and other recordings; 0 if that
     * can't be told}
     *
     * @param repository what {@link #start} told
     * @param since that moment
     */
    public long diskUse(String repository, Instant since) {
        if (!repository.startsWith("/")) {
            return 0;
        }
        try {
            return onItsOwnThread(new Measuring(facts(), repository, since), LOOK);
        } catch (Failure gone) {
            return 0;
        }
    }

    private ProcessFacts facts() {
        ProcessFacts facts = ProcessFacts.of(process);
        Jvm.checkAnswers(facts);
        return facts;
    }

    private String ask(String command, String... done) {
        ProcessFacts facts = facts();
        try (Jvm jvm = Jvm.open(facts)) {
            return onItsOwnThread(new Asking(facts, jvm, command, null, 0, done), ANSWER.plus(LISTEN));
        }
    }

    private <T> T onItsOwnThread(Callable<T> work, Duration patience) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "recording of " + process.pid());
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw Refused.notResponding(process, "has a file system that does not answer");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            if (e.getCause() instanceof UncheckedIOException unwritten) {
                throw unwritten;
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
        for (Class<?> type : List.of(
                Errand.class, Asking.class, Measuring.class, Luggage.class, Reason.class, UncheckedIOException.class)) {
            try {
                MethodHandles.lookup().ensureInitialized(type);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Something that is done with the JVM's rights, in its file system. */
    private abstract class Errand<T> implements Callable<T> {
        private final ProcessFacts facts;

        Errand(ProcessFacts facts) {
            this.facts = facts;
        }

        @Override
        public final T call() throws IOException {
            try (Watched target = new Watched(process);
                    TargetRoot root = TargetRoot.open(process)) {
                if (Caller.daemon().uid() == 0) {
                    loadWhatFollows();
                    Identity.take(facts);
                }
                return run(target, root);
            }
        }

        abstract T run(Watched target, TargetRoot root) throws IOException;
    }

    /** How much is in the directory where it keeps its chunks. */
    private final class Measuring extends Errand<Long> {
        private final String repository;
        private final FileTime since;

        Measuring(ProcessFacts facts, String repository, Instant since) {
            super(facts);
            this.repository = repository;
            this.since = FileTime.from(since);
        }

        @Override
        Long run(Watched target, TargetRoot root) throws IOException {
            long sum = 0;
            int files = 0;
            try (Descriptor directory = root.open(repository, Libc.O_RDONLY | Libc.O_DIRECTORY);
                    DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(directory.path()))) {
                for (Path entry : entries) {
                    BasicFileAttributes is =
                            Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                    if (is.isRegularFile() && is.lastModifiedTime().compareTo(since) >= 0) {
                        sum += is.size();
                    }
                    if (++files == MOST_FILES) {
                        break;
                    }
                }
            }
            return sum;
        }
    }

    /** One command. */
    private final class Asking extends Errand<String> {
        private final ProcessFacts facts;
        private final Jvm jvm;
        private final String command;
        private final FileChannel to;
        private final long most;
        private final String[] done;

        /**
         * A command.
         *
         * @param to where the file goes that it writes; null if it writes none
         * @param most how many bytes that may have
         * @param done one of these words is in the answer when it is done
         */
        Asking(ProcessFacts facts, Jvm jvm, String command, FileChannel to, long most, String... done) {
            super(facts);
            this.facts = facts;
            this.jvm = jvm;
            this.command = command;
            this.to = to;
            this.most = most;
            this.done = done;
        }

        @Override
        String run(Watched target, TargetRoot root) throws IOException {
            try (Descriptor temporary = root.open("/tmp", Libc.O_PATH | Libc.O_DIRECTORY)) {
                AttachListener listener = new AttachListener(target, facts, jvm::settings, temporary, Optional.empty());
                if (to == null) {
                    return ask(listener, command);
                }
                try (Luggage luggage = Luggage.make(root, false)) {
                    // It may have been begun by the time that the JVM says no.
                    luggage.expect(FILE);
                    String reply = ask(listener, command + " filename=" + luggage.path() + "/" + FILE);
                    try (Descriptor written = luggage.open(FILE)) {
                        copy(written);
                    }
                    return reply;
                }
            }
        }

        private String ask(AttachListener listener, String words) throws IOException {
            Deadline listening = Deadline.in(LISTEN);
            Optional<AttachSocket> open = listener.connect(listening);
            try (AttachSocket socket = open.isPresent() ? open.get() : listener.wake(listening)) {
                String reply = socket.execute(Deadline.in(ANSWER), "jcmd", words)
                        .orElseThrow(() ->
                                Refused.notResponding(process, "has not answered within " + ANSWER.toSeconds() + " s"));
                for (String each : done) {
                    if (reply.contains(each)) {
                        return reply;
                    }
                }
                throw failed("it says '" + firstWords(reply) + "'", null);
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
                if (copied > most) {
                    throw new IOException("its recording is longer than " + most + " bytes");
                }
                ByteBuffer bytes = ByteBuffer.wrap(part, 0, (int) got);
                while (bytes.hasRemaining()) {
                    write(bytes);
                }
            }
        }

        private void write(ByteBuffer bytes) {
            try {
                to.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
