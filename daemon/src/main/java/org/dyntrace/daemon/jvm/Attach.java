package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** One attach, on a thread of its own that takes on the target's identity on the way. */
final class Attach implements Callable<Attached> {
    private static final List<String> LIBRARIES =
            List.of("libdyntrace-jvm.so", "libdyntrace-lttng.so", "libjnidispatch.so");
    private static final int LONGEST_ARGUMENT = 1024;
    private static final Duration DYING = Duration.ofSeconds(2);
    private static final int NAP = 10;
    private static final char STOPPED = 'T';

    private final ProcessFacts facts;
    private final ProcessId process;
    private final Jvm jvm;
    private final Path agentJar;
    private final Path librariesDirectory;
    private final String rundir;
    private final Optional<Outpost> outpost;
    private final Limits limits;
    private final List<AutoCloseable> open = new ArrayList<>();
    private Watched target;
    private TargetRoot root;
    private Descriptor temporary;
    private AttachListener listener;
    private AgentReach reach;
    private boolean woken;

    Attach(
            ProcessFacts facts,
            Jvm jvm,
            Path agentJar,
            Path librariesDirectory,
            String rundir,
            Optional<Outpost> outpost,
            Limits limits) {
        this.facts = facts;
        this.process = facts.process();
        this.jvm = jvm;
        this.agentJar = agentJar;
        this.librariesDirectory = librariesDirectory;
        this.rundir = rundir;
        this.outpost = outpost;
        this.limits = limits;
    }

    @Override
    public Attached call() {
        long began = System.nanoTime();
        try {
            target = keep(new Watched(process));
            root = keep(TargetRoot.open(process));
            List<Source> sources = openSources();
            Optional<Descriptor> workingDirectory = optional(process.directory() + "/cwd", Libc.O_DIRECTORY);
            reach = AgentReach.of(process, rundir, outpost);
            open.add(reach::close);
            if (Caller.daemon().uid() == 0) {
                loadWhatFollows();
                Identity.take(facts);
            }
            boolean copied = load(listen(workingDirectory), sources);
            VmSettings settings = jvm.settings();
            return new Attached(
                    Duration.ofNanos(System.nanoTime() - began),
                    woken,
                    copied,
                    settings.release() >= JvmAttach.WARNS && !settings.dynamicLoadingChosen());
        } catch (IOException e) {
            if (process.hasEnded()) {
                throw process.gone();
            }
            throw Refused.files(process, e.getMessage(), e);
        } catch (Failure e) {
            throw e.reason() == Reason.JVM_NOT_RESPONDING
                            && ProcessFacts.of(process).state() == STOPPED
                    ? Refused.stopped(process)
                    : e;
        } finally {
            closeAll();
        }
    }

    /** The target's user may not be allowed to read where our own classes are. */
    static void loadWhatFollows() {
        for (Class<?> type : List.of(
                Attached.class,
                AttachListener.class,
                AttachSocket.class,
                Deadline.class,
                FreshName.class,
                LoadReply.class,
                Luggage.class,
                Options.class,
                Outpost.class,
                Refused.class,
                Report.class)) {
            try {
                MethodHandles.lookup().ensureInitialized(type);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private <T extends AutoCloseable> T keep(T opened) {
        open.add(opened);
        return opened;
    }

    private void closeAll() {
        for (int i = open.size() - 1; i >= 0; i--) {
            try {
                open.get(i).close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The jar, then the libraries. */
    private List<Source> openSources() throws IOException {
        List<Source> sources = new ArrayList<>();
        sources.add(keep(Source.open(agentJar)));
        for (String library : LIBRARIES) {
            Path path = librariesDirectory.resolve(library);
            if (Files.exists(path)) {
                sources.add(keep(Source.open(path)));
            }
        }
        return sources;
    }

    private Optional<Descriptor> optional(String path, int flags) {
        try {
            return Optional.of(keep(new Descriptor(Libc.open(path, Libc.O_PATH | Libc.O_CLOEXEC | flags, 0))));
        } catch (IOException hidden) {
            return Optional.empty();
        }
    }

    private AttachSocket listen(Optional<Descriptor> workingDirectory) throws IOException {
        Deadline deadline = Deadline.in(limits.listen());
        temporary = keep(root.open("/tmp", Libc.O_PATH | Libc.O_DIRECTORY));
        listener = new AttachListener(target, facts, jvm::settings, temporary, workingDirectory);
        Optional<AttachSocket> listening = listener.connect(deadline);
        woken = listening.isEmpty();
        return keep(woken ? listener.wake(deadline) : listening.get());
    }

    /** Returns whether files had to be copied. */
    private boolean load(AttachSocket socket, List<Source> sources) throws IOException {
        Source jar = sources.get(0);
        List<Source> libraries = sources.subList(1, sources.size());
        // The JVM takes the first "=" for the end of the jar's path.
        boolean jarCopied = jar.path().toString().contains("=") || !jar.isSeenIn(root);
        boolean librariesCopied = false;
        for (Source library : libraries) {
            librariesCopied |= !library.isSeenIn(root);
        }
        String jarPath = jar.path().toString();
        String libraryPath = librariesDirectory.toRealPath().toString();
        if (jarCopied || librariesCopied) {
            Luggage luggage = keep(Luggage.make(root, librariesCopied));
            if (jarCopied) {
                jarPath = luggage.add(jar);
            }
            if (librariesCopied) {
                libraryPath = luggage.path();
                for (Source library : libraries) {
                    luggage.add(library);
                }
            }
        }
        try (Report report = new Report(temporary)) {
            String options = new Options()
                    .with("rundir", reach.rundir(root))
                    .with("jar", jarPath)
                    .with("libraries", libraryPath)
                    .with("report", report.path())
                    .toString();
            load(socket, jarPath + "=" + options);
            if (!report.text().isEmpty()) {
                throw Refused.agentFailed(process, report.text());
            }
        }
        return jarCopied || librariesCopied;
    }

    private void load(AttachSocket socket, String argument) throws IOException {
        if (argument.length() > LONGEST_ARGUMENT) {
            throw Refused.files(process, "the paths are longer than a JVM takes: " + argument, null);
        }
        Deadline deadline = Deadline.in(limits.load());
        Deadline early = Deadline.in(limits.listen());
        String reply = execute(socket, deadline, argument);
        while (LoadReply.isTooEarly(reply) && !early.isOver()) {
            target.await(-1, 0, NAP);
            // At its beginning a JVM takes away what another of its pid has left, and may take its own socket for that.
            Optional<AttachSocket> still = listener.connect(deadline);
            try (AttachSocket again = still.isPresent() ? still.get() : listener.wake(early)) {
                reply = execute(again, deadline, argument);
            }
        }
        if (reply.isEmpty()) {
            // It hung up: most likely it is about to end.
            target.await(-1, 0, Deadline.in(DYING));
            throw Refused.notResponding(process, "hung up without an answer");
        }
        LoadReply.check(process, reply);
    }

    private String execute(AttachSocket socket, Deadline deadline, String argument) throws IOException {
        return socket.execute(deadline, "load", "instrument", "false", argument)
                .orElseThrow(() -> Refused.notResponding(
                        process,
                        "has not started the agent within " + limits.load().toSeconds() + " s"));
    }
}
