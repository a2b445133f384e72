package org.dyntrace.daemon.inject;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.Registers;
import org.dyntrace.daemon.proc.SyscallRestart;
import org.dyntrace.daemon.proc.ThreadActivity;
import org.dyntrace.daemon.proc.ThreadStatus;
import org.dyntrace.daemon.proc.TracedThread;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** One injection: finds a thread, lends it to the stub, and tries another one when that meets a lock. */
final class Injection implements AutoCloseable {
    private static final long DEADLINE_NANOS = 5_000_000_000L;
    private static final long STOP_NANOS = 50_000_000;
    private static final long BETWEEN_ROUNDS_NANOS = 200_000;
    private static final int MOST_CANDIDATES = 32;

    private final ProcessId process;
    private final LibrarySource source;
    private final long began;
    private final long deadline;
    private final ProcessMemory memory;
    private final TargetModules modules;
    private final LoaderFunctions functions;
    private final SafePoint safePoint;
    private final Stub.Errand errand;
    private Loan.Place place;
    private long longestStop;
    private int attempts;

    /** Loads a library. */
    static Injection loading(ProcessId process, LibrarySource source, String argument, long began) {
        return new Injection(process, source, new Stub.Load(source.path(), Injector.START_FUNCTION, argument), began);
    }

    /** Unloads one, and unmaps memory. */
    static Injection unloading(ProcessId process, Stub.Unload errand, long began) {
        return new Injection(process, null, errand, began);
    }

    private Injection(ProcessId process, LibrarySource source, Stub.Errand errand, long began) {
        this.process = process;
        this.source = source;
        this.errand = errand;
        this.began = began;
        this.deadline = began + DEADLINE_NANOS;
        this.memory = ProcessMemory.open(process);
        try {
            modules = new TargetModules(memory, Maps.of(process));
            functions = LoaderFunctions.in(modules);
            safePoint = new SafePoint(memory, modules);
            place = Loan.Place.find(modules, memory, functions, errand);
        } catch (Failure failure) {
            memory.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        memory.close();
    }

    InjectionResult run() {
        do {
            for (ThreadActivity candidate : candidates()) {
                InjectionResult result = attempt(candidate.tid());
                if (result != null) {
                    return result;
                }
                if (System.nanoTime() > deadline) {
                    break;
                }
            }
            if (!process.isAlive()) {
                throw process.gone();
            }
            LockSupport.parkNanos(BETWEEN_ROUNDS_NANOS);
        } while (System.nanoTime() < deadline);
        throw new Failure(
                Reason.NO_SAFE_POINT,
                "No thread of process " + process.pid()
                        + " came to a place within 5 seconds where the agent can be loaded safely.",
                "Try again when it is less busy; the process is unharmed.");
    }

    private List<ThreadActivity> candidates() {
        List<ThreadActivity> activities = ThreadActivity.of(process);
        return activities.stream()
                .filter(activity -> safePoint.rank(activity) != SafePoint.Rank.UNFIT)
                .sorted(Comparator.comparing(safePoint::rank))
                .limit(MOST_CANDIDATES)
                .toList();
    }

    /** Tries with one thread; null when it didn't do. */
    private InjectionResult attempt(int tid) {
        ThreadStatus status = ThreadStatus.of(process, tid).orElse(null);
        if (status == null || status.state() == 'Z' || status.state() == 'X') {
            return null;
        }
        if (status.shadowStack()) {
            throw Preflight.shadowStack(process);
        }
        TracedThread thread = TracedThread.seize(process, tid);
        if (thread == null) {
            return null;
        }
        long stoppedAt = 0;
        Loan loan = null;
        try {
            thread.interrupt();
            if (thread.awaitStop(System.nanoTime() + STOP_NANOS)) {
                stoppedAt = System.nanoTime();
                if (thread.inGroupStop()) {
                    throw Preflight.stopped(process);
                }
                loan = lend(thread, status, stoppedAt);
                if (loan != null) {
                    return finish(loan);
                }
            }
            return null;
        } finally {
            thread.detach();
            if (loan == null && stoppedAt != 0) {
                longestStop = Math.max(longestStop, System.nanoTime() - stoppedAt);
            }
        }
    }

    private Loan lend(TracedThread thread, ThreadStatus status, long stoppedAt) {
        // It stopped for a signal: that goes first.
        if (thread.pendingSignal() != 0) {
            return null;
        }
        Registers registers = thread.registers();
        if (!safePoint.isReached(thread, registers)) {
            return null;
        }
        if (SyscallRestart.mayBeOurInterruption(registers)
                && ThreadStatus.of(process, thread.tid())
                        .filter(now -> !now.anyDeliverable())
                        .isPresent()) {
            SyscallRestart.repeat(registers);
        }
        attempts++;
        return Loan.begin(thread, registers, status.caught(), place, memory, functions, errand, stoppedAt);
    }

    private InjectionResult finish(Loan loan) {
        Loan.Outcome outcome = loan.await(source, deadline);
        longestStop = Math.max(longestStop, outcome.stoppedNanos());
        Stub.Report report = outcome.report();
        return switch (outcome.end()) {
            case WITHDRAWN -> {
                // Perhaps someone else has mapped something there.
                place = Loan.Place.find(modules, memory, functions, errand);
                yield null;
            }
            // What was to be unloaded is not tried again: nobody may dlclose twice.
            case UNSEEN -> source == null || source.isMapped(process) ? result(0, OptionalInt.empty(), loan) : null;
            case DONE -> {
                if (report.handle() == 0) {
                    throw refused(outcome);
                }
                yield result(
                        report.handle(),
                        report.startFunction() == 0 ? OptionalInt.empty() : OptionalInt.of(report.startResult()),
                        loan);
            }
        };
    }

    private InjectionResult result(long handle, OptionalInt startResult, Loan loan) {
        return new InjectionResult(handle, startResult, System.nanoTime() - began, longestStop, attempts, loan.tid());
    }

    private Failure refused(Loan.Outcome outcome) {
        String words = outcome.errorText();
        if (words.isEmpty() && outcome.descriptor() < 0) {
            words = "memfd_create failed with errno " + -outcome.descriptor();
        }
        return new Failure(
                Reason.LOAD_FAILED,
                "The loader of process " + process.pid() + " refused the agent: "
                        + (words.isEmpty() ? "no reason given" : words) + ".",
                hint(words));
    }

    /** What the loader says of limits comes from the C library: strerror's words, or "failed to map segment" and the like. */
    private String hint(String words) {
        if (words.contains("Too many open files")) {
            return "Raise its limit of open files: prlimit --pid " + process.pid() + " --nofile=LIMIT.";
        }
        if (words.contains("map segment") || words.contains("allocate memory")) {
            return "It has a limit of memory (prlimit --pid " + process.pid()
                    + " --as), or may not map executable files.";
        }
        return "Look whether the agent's file and the program's C library fit together.";
    }
}
