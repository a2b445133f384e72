package org.dyntrace.daemon.jvm;

import java.io.IOException;
import java.util.Optional;
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
 * The way of an agent to the daemon: the run directory; or, for one that doesn't see that, or that lives in another user namespace and
 * doesn't know the daemon's user, a socket in its own /tmp, made under its own user, until it has come.
 */
public final class AgentReach {
    private static final String LINK = ".agents/link.sock";
    private static final long SECONDS = 10;

    private final ProcessId process;
    private final String rundir;
    private final Optional<Outpost> outpost;
    private final Optional<Descriptor> ourSocket;
    private final boolean sameUsers;

    private AgentReach(ProcessId process, String rundir, Optional<Outpost> outpost) {
        this.process = process;
        this.rundir = rundir;
        this.outpost = outpost;
        this.ourSocket = socket(rundir + LINK);
        this.sameUsers = UserNamespace.isShared(process);
    }

    /** To be called with the daemon's rights. */
    static AgentReach of(ProcessId process, String rundir, Optional<Outpost> outpost) {
        return new AgentReach(process, rundir, outpost);
    }

    /**
     * Finds the way for the native agent.
     *
     * @param process where it will be
     * @param rundir the daemon's run directory
     * @param outpost listens where the agent doesn't see that
     * @return the run directory for the agent
     * @throws Failure LOAD_FAILED when there is no place for a socket there; PROCESS_GONE
     */
    public static String rundir(ProcessId process, String rundir, Outpost outpost) {
        FutureTask<String> task = new FutureTask<>(() -> {
            try (TargetRoot root = TargetRoot.open(process)) {
                AgentReach reach = of(process, rundir, Optional.of(outpost));
                if (Caller.daemon().uid() == 0) {
                    Attach.loadWhatFollows();
                    Identity.take(ProcessFacts.of(process));
                }
                try {
                    return reach.rundir(root);
                } finally {
                    reach.close();
                }
            }
        });
        Thread thread = new Thread(task, "way of the agent of " + process.pid());
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            if (process.hasEnded()) {
                throw process.gone();
            }
            throw noPlace(process, e.getCause().getMessage());
        } catch (TimeoutException e) {
            throw noPlace(process, "its file system does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Reason.INTERNAL, "The daemon is ending.", "Ask the next one.", e);
        }
    }

    private static Failure noPlace(ProcessId process, String why) {
        return new Failure(
                Reason.LOAD_FAILED,
                "Process " + process.pid() + " does not see the daemon's socket, and there is no place for another: "
                        + why + ".",
                "Give it a /tmp that it may write to, or mount the run directory there.");
    }

    /** {@return the run directory for the agent}; to be called with the target's rights */
    String rundir(TargetRoot root) throws IOException {
        if (outpost.isEmpty() || ourSocket.isEmpty() || sameUsers && isSeenIn(root)) {
            return rundir;
        }
        Luggage place = Luggage.make(root, false);
        try {
            outpost.get().open(process, place.addSocket("run.agents", "link.sock"), place::close);
        } catch (IOException | RuntimeException e) {
            place.close();
            throw e;
        }
        return place.path() + "/run";
    }

    private boolean isSeenIn(TargetRoot root) {
        try (Descriptor seen = root.open(rundir + LINK, Libc.O_PATH)) {
            return seen.isSameFile(ourSocket.orElseThrow());
        } catch (IOException invisible) {
            return false;
        }
    }

    private static Optional<Descriptor> socket(String path) {
        try {
            return Optional.of(new Descriptor(Libc.open(path, Libc.O_PATH | Libc.O_CLOEXEC | Libc.O_NOFOLLOW, 0)));
        } catch (IOException hidden) {
            return Optional.empty();
        }
    }

    void close() {
        ourSocket.ifPresent(Descriptor::close);
    }
}
