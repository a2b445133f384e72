package org.dyntrace.daemon.jvm;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Brings the Java agent into a running JVM, by what the JDK's Attach API does: a file, a signal, a socket. The daemon does that by
 * itself, so that every wait has an end, no signal reaches a JVM that would die of it or print its threads, and the target may live
 * in other namespaces and belong to anyone.
 */
public final class JvmAttach {
    /** The first release that the agent runs on. */
    static final int OLDEST = 17;

    /** The first release that warns about agents that are loaded while it runs. */
    static final int WARNS = 21;

    private JvmAttach() {}

    /**
     * Tells whether a process is a JVM, in whatever namespace, and though its files be deleted.
     *
     * @param process a process
     * @return whether it has the JVM's library mapped; false when it is gone or can't be looked at
     */
    public static boolean isJvm(ProcessId process) {
        try {
            return Jvm.library(process).isPresent();
        } catch (Failure goneOrHidden) {
            return false;
        }
    }

    /**
     * Brings the agent into a JVM. The agent gets the options {@code rundir=…,libraries=…,report=…}, where a comma is written
     * {@code %2C} and a percent sign {@code %25}; if it can't start, it makes the file that report names and writes one sentence why,
     * without a full stop, and that becomes the failure's. What the JVM doesn't see where the daemon does, or may not read, is copied
     * into its own /tmp meanwhile; the agent must have read what it needs when its agentmain returns.
     *
     * <p>One attach to a process at a time.
     *
     * @param process the JVM
     * @param agentJar the agent
     * @param librariesDirectory where libdyntrace-jvm.so, libdyntrace-lttng.so and libjnidispatch.so are; those that are there
     * @param rundir the daemon's run directory
     * @return how it went
     * @throws Failure PROCESS_GONE, OWN_PROCESS, NOT_A_JVM, UNSUPPORTED, NOT_PERMITTED, STOPPED, JVM_TOO_OLD, ATTACH_DISABLED,
     *     DYNAMIC_LOADING_DISABLED, JVM_NOT_RESPONDING, AGENT_FAILED, LOAD_FAILED when the files can't be brought there
     */
    public static Attached attach(ProcessId process, Path agentJar, Path librariesDirectory, String rundir) {
        return attach(process, agentJar, librariesDirectory, rundir, Optional.empty(), Limits.USUAL);
    }

    /**
     * As the other one, for JVMs too that don't see the run directory or live in another user namespace: their agents connect to a
     * socket in their own /tmp, which is there only for that.
     *
     * @param process the JVM
     * @param agentJar the agent
     * @param librariesDirectory where its libraries are
     * @param rundir the daemon's run directory
     * @param outpost listens there
     * @return how it went
     * @throws Failure as the other one
     */
    public static Attached attach(
            ProcessId process, Path agentJar, Path librariesDirectory, String rundir, Outpost outpost) {
        return attach(process, agentJar, librariesDirectory, rundir, Optional.of(outpost), Limits.USUAL);
    }

    static Attached attach(
            ProcessId process,
            Path agentJar,
            Path librariesDirectory,
            String rundir,
            Optional<Outpost> outpost,
            Limits limits) {
        if (process.pid() == ProcessHandle.current().pid()) {
            throw Refused.ownProcess(process);
        }
        ProcessFacts facts = ProcessFacts.of(process);
        try (Jvm jvm = Jvm.open(facts)) {
            Jvm.checkAnswers(facts);
            jvm.awaitBeginning();
            check(process, jvm.settings());
            return onItsOwnThread(
                    process, new Attach(facts, jvm, agentJar, librariesDirectory, rundir, outpost, limits), limits);
        }
    }

    private static void check(ProcessId process, VmSettings settings) {
        if (settings.release() > 0 && settings.release() < OLDEST) {
            throw Refused.tooOld(process, settings.release());
        }
        if (settings.attachDisabled()) {
            throw Refused.attachDisabled(process);
        }
        if (!settings.dynamicLoading()) {
            throw Refused.dynamicLoadingDisabled(process);
        }
    }

    private static Attached onItsOwnThread(ProcessId process, Attach attach, Limits limits) {
        FutureTask<Attached> task = new FutureTask<>(attach);
        Thread thread = new Thread(task, "attach to " + process.pid());
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limits.all().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw Refused.notResponding(process, "has a file system that does not answer");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new Failure(
                    Reason.INTERNAL,
                    "Attaching failed: " + e.getCause(),
                    "Report this as a fault of dyntrace.",
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Reason.INTERNAL, "The daemon is ending.", "Ask the next one.", e);
        }
    }
}
