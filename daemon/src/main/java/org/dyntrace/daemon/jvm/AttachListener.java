package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.Signals;
import org.dyntrace.mbeans.Failure;

/**
 * A JVM's attach listener. It listens on /tmp/.java_pid&lt;pid&gt; of its own file system; when it doesn't yet, SIGQUIT makes it
 * begin, if there is a file .attach_pid&lt;pid&gt; of its own user or root. Without that file, or with the socket there already, it
 * prints its threads; and a process that doesn't listen for the signal ends. So none is sent in vain.
 */
final class AttachListener {
    private static final int SLICE = 100;
    private static final int NAP = 10;
    private static final int EVENT_BYTES = 4096;

    private final Watched target;
    private final Supplier<VmSettings> settings;
    private final Descriptor directory;
    private final Optional<Descriptor> workingDirectory;
    private final int user;
    private final String socket;
    private final String trigger;

    /**
     * A JVM's listener.
     *
     * @param target the JVM
     * @param facts what the kernel says of it
     * @param settings asks what it was told; a JVM that just begins doesn't know yet
     * @param directory its /tmp
     * @param workingDirectory where it works, if that can be seen
     */
    AttachListener(
            Watched target,
            ProcessFacts facts,
            Supplier<VmSettings> settings,
            Descriptor directory,
            Optional<Descriptor> workingDirectory) {
        this.target = target;
        this.settings = settings;
        this.directory = directory;
        this.workingDirectory = workingDirectory;
        this.user = facts.uid();
        int pid = facts.nsPids().isEmpty()
                ? facts.process().pid()
                : facts.nsPids().get(facts.nsPids().size() - 1);
        this.socket = ".java_pid" + pid;
        this.trigger = ".attach_pid" + pid;
    }

    /** {@return a connection, if it listens already} */
    Optional<AttachSocket> connect(Deadline deadline) throws IOException {
        return AttachSocket.connect(target, directory, socket, deadline);
    }

    /**
     * Makes it listen.
     *
     * @return a connection
     * @throws Failure ATTACH_DISABLED, JVM_NOT_RESPONDING, PROCESS_GONE, LOAD_FAILED
     */
    AttachSocket wake(Deadline deadline) throws IOException {
        ProcessId process = target.process();
        while (!Signals.catches(process, Libc.SIGQUIT)) {
            // With -Xrs it never will, but listens from its very beginning; any other may just have begun.
            Optional<AttachSocket> listening = connect(deadline);
            if (listening.isPresent()) {
                return listening.get();
            }
            if (deadline.isOver()) {
                throw settings.get().fewSignals()
                        ? Refused.fewSignals(process)
                        : Refused.notResponding(process, "does not listen for SIGQUIT, by which attaching begins");
            }
            target.await(-1, 0, NAP);
        }
        if (settings.get().attachDisabled()) {
            throw Refused.attachDisabled(process);
        }
        return trigger(deadline);
    }

    private AttachSocket trigger(Deadline deadline) throws IOException {
        try (Descriptor changes = new Descriptor(Libc.inotify_init1(Libc.O_NONBLOCK | Libc.O_CLOEXEC))) {
            Libc.inotify_add_watch(changes.number(), directory.path(), Libc.IN_CREATE | Libc.IN_MOVED_TO);
            Descriptor place = makeTrigger();
            Optional<AttachSocket> listening = connect(deadline);
            // One that nobody has taken yet will do.
            if (listening.isEmpty() && !Signals.isPending(target.process(), Libc.SIGQUIT)) {
                target.signal(Libc.SIGQUIT);
            }
            try {
                while (listening.isEmpty() && !deadline.isOver()) {
                    target.await(changes.number(), Libc.POLLIN, deadline.milliseconds(SLICE));
                    Libc.read(changes.number(), new byte[EVENT_BYTES], EVENT_BYTES);
                    listening = connect(deadline);
                }
            } catch (Failure gone) {
                Libc.unlinkat(place.number(), trigger, 0);
                throw gone;
            }
            if (listening.isEmpty()) {
                // The file stays: it may take the signal yet, and would print its threads if it found none.
                throw Refused.notResponding(target.process(), "has not begun to listen for attaches in time");
            }
            Libc.unlinkat(place.number(), trigger, 0);
            return listening.get();
        }
    }

    /** Makes the file, and returns the directory that it lies in. */
    private Descriptor makeTrigger() throws IOException {
        removeForeign();
        if (make(directory)) {
            return directory;
        }
        String error = Libc.error();
        if (workingDirectory.isPresent() && make(workingDirectory.get())) {
            return workingDirectory.get();
        }
        throw Refused.files(target.process(), trigger + " can't be made in its /tmp: " + error, null);
    }

    /** The JVM looks into its working directory first. A file of someone else there would make it print its threads. */
    private void removeForeign() throws IOException {
        if (workingDirectory.isEmpty()) {
            return;
        }
        int owner;
        try (Descriptor found = TargetRoot.openIn(workingDirectory.get(), trigger, Libc.O_PATH)) {
            owner = (int) found.attributes().get("uid");
        } catch (IOException none) {
            return;
        }
        if (owner != user && Libc.unlinkat(workingDirectory.get().number(), trigger, 0) != 0) {
            throw Refused.files(
                    target.process(), "a file " + trigger + " of another user lies in its working directory", null);
        }
    }

    private boolean make(Descriptor in) {
        int flags = Libc.O_CREAT | Libc.O_EXCL | Libc.O_WRONLY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;
        int made = Libc.openat(in.number(), trigger, flags, 0600);
        if (made < 0 && Libc.errno() == Libc.EEXIST) {
            // Left by someone: ours to take away if it is the same user's, and of no use if not.
            Libc.unlinkat(in.number(), trigger, 0);
            made = Libc.openat(in.number(), trigger, flags, 0600);
        }
        if (made >= 0) {
            Libc.close(made);
        }
        return made >= 0;
    }
}
