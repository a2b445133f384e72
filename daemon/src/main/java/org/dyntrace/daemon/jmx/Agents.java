package org.dyntrace.daemon.jmx;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.daemon.access.UserName;
import org.dyntrace.daemon.elf.ModuleCache;
import org.dyntrace.daemon.elf.Query;
import org.dyntrace.daemon.inject.InjectionResult;
import org.dyntrace.daemon.inject.Injector;
import org.dyntrace.daemon.jvm.AgentReach;
import org.dyntrace.daemon.jvm.Attached;
import org.dyntrace.daemon.jvm.JvmAttach;
import org.dyntrace.daemon.jvm.Outpost;
import org.dyntrace.daemon.patch.Leaving;
import org.dyntrace.daemon.patch.NativeTarget;
import org.dyntrace.daemon.proc.InnerIds;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.SymbolFilter;
import org.dyntrace.mbeans.SymbolInfo;

/** Brings agents into processes, and waits until they have found this daemon. */
public final class Agents {
    private static final Logger LOG = System.getLogger(Agents.class.getName());

    private static final int ELF_64 = 2;
    private static final long LINK_MILLISECONDS = 5000;

    private final ModuleCache modules;
    private final TracerFiles files;
    private final Arrivals arrivals = new Arrivals();
    private volatile Outpost outpost = (process, socket, closed) -> {
        throw new IOException("the daemon has just begun");
    };

    /**
     * What goes into processes.
     *
     * @param modules knows their functions
     * @param files where the agents are
     */
    public Agents(ModuleCache modules, TracerFiles files) {
        this.modules = modules;
        this.files = files;
    }

    /**
     * Tells how to hear agents of processes that don't see the daemon's socket.
     *
     * @param listening listens for them
     */
    public void expectThrough(Outpost listening) {
        outpost = listening;
    }

    /** An agent has come. */
    void arrived() {
        arrivals.announce();
    }

    /** An agent is gone. */
    void left() {
        arrivals.announce();
    }

    /** Waits until an agent that was told to leave has ended its link. */
    void awaitLeave(ProcessId process, BooleanSupplier gone) {
        try {
            if (!arrivals.await(gone, LINK_MILLISECONDS)) {
                throw new Failure(
                        Reason.AGENT_LOST,
                        "The agent in process " + process.pid() + " has no tracepoint any more, but it stays.",
                        "Try again; if it still stays, please report it.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Reason.INTERNAL, "The daemon is ending.", "Ask the next one.", e);
        }
    }

    /** {@return whether a process might take an agent, seen from its state, its kind and its owner} */
    boolean mayReach(ProcessFacts facts) {
        return facts.process().pid() != ProcessHandle.current().pid()
                && !facts.kernelThread()
                && facts.state() != 'Z'
                && facts.state() != 'X'
                && facts.elfClass() == ELF_64
                && Caller.daemonServes(facts.uid());
    }

    /** A user's own daemon has the rights to do no more, but the kernel's words for it would help nobody. */
    void checkOwner(ProcessId process) {
        long owner = ProcessFacts.of(process).uid() & 0xffffffffL;
        if (!Caller.daemonServes(owner)) {
            throw new Failure(
                    Reason.NOT_PERMITTED,
                    "Process " + process.pid() + " is " + UserName.of(owner) + "'s, and this daemon serves "
                            + UserName.of(Caller.daemon().uid()) + "'s processes only.",
                    "Ask the machine's daemon: 'dyntrace --rundir /run/dyntrace', as a member of the group dyntrace.");
        }
    }

    boolean isJvm(ProcessId process) {
        return JvmAttach.isJvm(process);
    }

    List<SymbolInfo> functions(ProcessId process, SymbolFilter filter, int offset, int limit) {
        return modules.symbolsOf(process).list(Query.of(filter), offset, limit);
    }

    void bringNative(ProcessId process, BooleanSupplier there) {
        Injector.check(process);
        String rundir = AgentReach.rundir(process, files.rundir().toString(), outpost);
        InjectionResult result = Injector.inject(process, files.agent(), rundir);
        LOG.log(
                Level.INFO,
                "attached to {0} in {1} us, a thread held for {2} us",
                process.pid(),
                result.totalNanos() / 1000,
                result.stoppedNanos() / 1000);
        await(process, there);
    }

    /** {@return how it came there} */
    Attached bringJava(ProcessId process, BooleanSupplier there) {
        Attached attached = JvmAttach.attach(
                process, files.javaAgent(), files.libraries(), files.rundir().toString(), outpost);
        LOG.log(
                Level.INFO,
                "attached to JVM {0} in {1} us",
                process.pid(),
                attached.took().toNanos() / 1000);
        await(process, there);
        return attached;
    }

    /**
     * Takes out what is left of a native agent that has given up its link; {@return why its library stays mapped, or empty when nothing
     * of it does}
     */
    String unload(ProcessId process, Leaving leaving) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LINK_MILLISECONDS);
        while (InnerIds.of(process).contains(leaving.thread())) {
            if (System.nanoTime() > deadline) {
                throw new Failure(
                        Reason.AGENT_LOST,
                        "The agent in process " + process.pid()
                                + " has no tracepoint any more, but its thread does not end.",
                        "Look whether the process is stopped; 'dyntrace attach' brings the agent back.");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        try {
            Injector.unload(process, leaving.handle(), leaving.stack(), leaving.stackSize());
        } catch (Failure failure) {
            if (process.hasEnded()) {
                throw process.gone();
            }
            return "it could not be unmapped: " + failure.getMessage().replaceAll("\\.$", "");
        }
        if (Maps.of(process).at(leaving.code()).isEmpty()) {
            return "";
        }
        return leaving.reason().isEmpty() ? "something in the program needs it" : leaving.reason();
    }

    /** Refuses a process whose events no LTTng session could record. */
    void checkLttng(ProcessId process) {
        Injector.checkLttng(process, files.lttng());
    }

    void loadLttng(ProcessId process, NativeTarget code) {
        Injector.checkLttngCalls(process);
        code.loadLttng(files.lttng());
    }

    private void await(ProcessId process, BooleanSupplier there) {
        try {
            if (!arrivals.await(there, LINK_MILLISECONDS)) {
                throw new Failure(
                        Reason.AGENT_LOST,
                        "The agent is in process " + process.pid() + ", but it does not reach this daemon.",
                        "Look whether the process may open sockets, and sees " + files.rundir() + ".agents.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Reason.INTERNAL, "The daemon is ending.", "Ask the next one.", e);
        }
    }
}
