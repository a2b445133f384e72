package org.dyntrace.daemon.inject;

import java.util.List;
import org.dyntrace.daemon.inject.WorkRegion.Progress;
import org.dyntrace.daemon.inject.WorkRegion.Report;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.Registers;
import org.dyntrace.daemon.proc.SyscallRestart;
import org.dyntrace.daemon.proc.TracedThread;
import org.dyntrace.daemon.proc.Wait;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** A thread of the target that is lent to the {@link Stub}, until it is back where it was. */
final class Loan {
    /**
     * Signals that stay unblocked: those that an instruction itself raises (ILL, TRAP, BUS, FPE, SEGV, SYS), and 33, by which the C
     * library makes all threads change their user at once; it waits for all of them.
     */
    private static final long NEVER_BLOCKED =
            bit(4) | bit(5) | bit(7) | bit(8) | bit(11) | bit(31) | bit(33);

    private static final long SYS_FUTEX = 202;
    private static final boolean HAS_XSAVE = processorHasXsave();

    /** How long a trial of a lock may take until we look at what the thread is doing, and then between looks. */
    private static final long PATIENCE_NANOS = 20_000_000;

    private static final long BETWEEN_LOOKS_NANOS = 5_000_000;
    private static final long STOP_NANOS = 50_000_000;
    private static final long RETURN_NANOS = 2_000_000_000;
    private static final int ERROR_TEXT_SIZE = 500;

    private final ProcessId process;
    private final int tid;
    private final Registers original;
    private final long originalMask;
    private final Place place;
    private final Stub stub;
    private final boolean first;
    private final WorkRegion region;
    private final ProcessMemory memory;
    private final long stoppedAt;
    private boolean withdrawn;
    private boolean neverBegan;

    private Loan(
            TracedThread thread,
            Registers original,
            long originalMask,
            Place place,
            Stub stub,
            boolean first,
            ProcessMemory memory,
            long stoppedAt) {
        this.process = thread.process();
        this.tid = thread.tid();
        this.original = original;
        this.originalMask = originalMask;
        this.place = place;
        this.stub = stub;
        this.first = first;
        this.region = place.region();
        this.memory = memory;
        this.stoppedAt = stoppedAt;
    }

    /** How it ended. */
    enum End {
        /** The stub has done all it can; the report tells. */
        DONE,
        /** It met a lock, or had no memory: nothing is loaded, the thread is back. */
        WITHDRAWN,
        /** The stub went back before its report could be read. */
        UNSEEN
    }

    /**
     * What came of it.
     *
     * @param end how it ended
     * @param report the stub's, or null
     * @param errorText the loader's words, or empty
     * @param stoppedNanos how long the thread was away from its own work, ns
     */
    record Outcome(End end, Report report, String errorText, long stoppedNanos) {}

    /**
     * Sends a stopped thread into the stub. It must be let go afterwards.
     *
     * @param original the registers that it is to have in the end
     */
    static Loan begin(
            TracedThread thread,
            Registers original,
            Place place,
            ProcessMemory memory,
            LoaderFunctions functions,
            Stub.Load load,
            long stoppedAt) {
        long mask = thread.signalMask();
        boolean first = thread.mayComeFirst();
        long codeAddress = place.code().address();
        long dataAddress = place.data().address();
        Stub stub = new Stub(
                codeAddress, dataAddress, place.region(), functions, load, original, mask, first, HAS_XSAVE);
        memory.write(dataAddress, stub.data());
        memory.write(codeAddress, stub.code());
        // In this order, so that the thread is all right if we are killed in between: the stub undoes the others at its end.
        thread.setRegisters(stub.entry(original));
        thread.setSignalMask(mask | ~NEVER_BLOCKED);
        if (first) {
            thread.comeFirst();
        }
        return new Loan(thread, original, mask, place, stub, first, memory, stoppedAt);
    }

    /**
     * Where a stub will be.
     *
     * @param code its code
     * @param data what that reads
     * @param region what it writes
     */
    record Place(Slack code, Slack data, WorkRegion region) {
        /** Finds room for a stub, as long as the target still runs. */
        static Place find(
                TargetModules modules,
                ProcessMemory memory,
                LoaderFunctions functions,
                Stub.Load load) {
            // Anywhere far from the code: near it, room is for trampolines.
            long gap = Maps.of(memory.process())
                    .gapNear(modules.libc().base() >> 1, WorkRegion.SIZE, 1L << 46)
                    .orElseThrow(() -> new Failure(
                            Reason.NO_ROOM,
                            "Process " + memory.process().pid() + " has no free address space.",
                            "Trace another process."));
            WorkRegion region = new WorkRegion(memory, gap);
            Registers any = Registers.blank();
            Stub sample = new Stub(0, 0, region, functions, load, any, 0, true, HAS_XSAVE);
            List<Slack> found = Slack.find(modules, memory, sample.code().length, sample.data().length);
            return new Place(found.get(0), found.get(1), region);
        }

        void restore(ProcessMemory memory) {
            code.restore(memory);
            data.restore(memory);
        }
    }

    int tid() {
        return tid;
    }

    /** Waits until the thread is back where it was. */
    Outcome await(LibrarySource source, long deadline) {
        Report report = awaitReport(source, deadline);
        String errorText = "";
        if (report != null) {
            errorText = report.errorText() == 0 ? "" : memory.readText(report.errorText(), ERROR_TEXT_SIZE);
            region.answer();
        }
        putBack();
        End end = withdrawn || neverBegan ? End.WITHDRAWN : report == null ? End.UNSEEN : End.DONE;
        return new Outcome(end, report, errorText, System.nanoTime() - stoppedAt);
    }

    private Report awaitReport(LibrarySource source, long deadline) {
        Wait wait = new Wait();
        boolean begun = false;
        boolean supplied = false;
        long nextLook = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            long now = System.nanoTime();
            Report report = region.report();
            if (report == null && begun || neverBegan) {
                return null;
            }
            begun |= report != null;
            Progress progress = report == null ? Progress.BEGUN : report.progress();
            if (progress == Progress.DONE) {
                return report;
            }
            if (progress == Progress.WANTS_CONTENTS && !supplied) {
                supply(source, report);
                supplied = true;
            }
            if (now > nextLook) {
                lookWhatHolds(progress);
                nextLook = System.nanoTime() + BETWEEN_LOOKS_NANOS;
            }
            if (now > deadline) {
                throw new Failure(
                        Reason.NO_SAFE_POINT,
                        "Loading the agent into process " + process.pid() + " takes longer than 5 seconds.",
                        "It may still come to its end by itself; look with 'dyntrace list-processes' later.");
            }
            wait.pause();
        }
    }

    private void supply(LibrarySource source, Report report) {
        try {
            if (report.descriptor() >= 0) {
                region.path(source.supply(process, tid, report.descriptor()));
            }
        } finally {
            region.answer();
        }
    }

    /** Takes the thread back when it waits for a lock in a trial: it holds nothing then. */
    private void lookWhatHolds(Progress progress) {
        if (!process.isAlive()) {
            throw process.gone();
        }
        if (progress.compareTo(Progress.LOADING) >= 0 || withdrawn) {
            return;
        }
        TracedThread thread = TracedThread.seize(process, tid);
        if (thread == null) {
            throw process.gone();
        }
        try {
            thread.interrupt();
            if (!thread.awaitStop(System.nanoTime() + STOP_NANOS)) {
                return;
            }
            Registers registers = thread.registers();
            Report report = region.report();
            if (report == null) {
                neverBegan = stub.isLastWait(registers);
            } else if (report.progress().compareTo(Progress.LOADING) < 0
                    && registers.origRax() == SYS_FUTEX
                    && SyscallRestart.isPending(registers)) {
                thread.setRegisters(stub.withdrawal(registers));
                withdrawn = true;
            }
        } finally {
            thread.detach();
        }
    }

    /** Sees to it that the thread is out of the stub, then removes the stub. */
    private void putBack() {
        long deadline = System.nanoTime() + RETURN_NANOS;
        Wait wait = new Wait();
        // The region goes right before the stub's last wait.
        while (region.report() != null && System.nanoTime() < deadline) {
            wait.pause();
        }
        while (!isBack()) {
            if (System.nanoTime() > deadline) {
                throw new Failure(
                        Reason.INTERNAL,
                        "Thread " + tid + " of process " + process.pid() + " does not come back from loading.",
                        "Look with 'cat /proc/" + process.pid() + "/task/" + tid + "/stack' where it waits.");
            }
            wait.pause();
        }
    }

    private boolean isBack() {
        TracedThread thread = TracedThread.seize(process, tid);
        if (thread == null) {
            if (!process.isAlive()) {
                throw process.gone();
            }
            // The thread has ended by itself.
            place.restore(memory);
            return true;
        }
        try {
            thread.interrupt();
            if (!thread.awaitStop(System.nanoTime() + STOP_NANOS)) {
                return false;
            }
            Registers registers = thread.registers();
            if (stub.isLastWait(registers)) {
                thread.setSignalMask(originalMask);
                thread.setRegisters(original);
            } else if (place.code().contains(registers.rip())) {
                return false;
            }
            if (first) {
                thread.comeInTurn();
            }
            place.restore(memory);
            return true;
        } finally {
            thread.detach();
        }
    }

    private static long bit(int signal) {
        return 1L << signal - 1;
    }

    private static boolean processorHasXsave() {
        try (java.io.BufferedReader lines = new java.io.BufferedReader(new java.io.FileReader("/proc/cpuinfo"))) {
            return lines.lines()
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .filter(line -> (line + " ").contains(" xsave "))
                    .isPresent();
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
