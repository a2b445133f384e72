package org.dyntrace.daemon.inject;

import java.util.List;
import org.dyntrace.daemon.inject.WorkRegion.Progress;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.daemon.proc.Registers;
import org.dyntrace.daemon.proc.SyscallRestart;
import org.dyntrace.daemon.proc.TracedThread;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** A thread of the target that is lent to the {@link Stub}, until it is back where it was. */
final class Loan {
    /**
     * Signals that stay unblocked: those that an instruction itself raises (ILL, TRAP, BUS, FPE, SEGV, SYS), and 33, by which the C
     * library makes all threads change their user at once; it waits for all of them.
     */
    private static final long NEVER_BLOCKED = bit(4) | bit(5) | bit(7) | bit(8) | bit(11) | bit(31) | bit(33);

    /** Signals that a program without a handler ignores: URG, WINCH, CHLD. */
    private static final int[] HARMLESS = {23, 28, 17};

    private static final long SYS_FUTEX = 202;
    private static final boolean HAS_XSAVE = processorHasXsave();

    /** How long a trial of a lock may take until we look at what the thread is doing, and then between looks. */
    private static final long PATIENCE_NANOS = 20_000_000;

    private static final long BETWEEN_LOOKS_NANOS = 5_000_000;
    private static final int ERROR_TEXT_SIZE = 500;

    private final ProcessId process;
    private final TracedThread thread;
    private final Registers original;
    private final long originalMask;
    private final int signal;
    private final Place place;
    private final Stub stub;
    private final boolean first;
    private final ProcessMemory memory;
    private final long stoppedAt;
    private boolean withdrawn;
    private int descriptor;

    private Loan(
            TracedThread thread,
            Registers original,
            long originalMask,
            int signal,
            Place place,
            Stub stub,
            boolean first,
            ProcessMemory memory,
            long stoppedAt) {
        this.process = thread.process();
        this.thread = thread;
        this.original = original;
        this.originalMask = originalMask;
        this.signal = signal;
        this.place = place;
        this.stub = stub;
        this.first = first;
        this.memory = memory;
        this.stoppedAt = stoppedAt;
    }

    /** How it ended. */
    enum End {
        /** The stub has done all it can; the report tells. */
        DONE,
        /** It met a lock, or had no memory: nothing is loaded, the thread is back. */
        WITHDRAWN,
        /** The thread went back by itself, so that there is no report. */
        UNSEEN
    }

    /**
     * What came of it.
     *
     * @param end how it ended
     * @param report the stub's, or null
     * @param errorText the loader's words, or empty
     * @param descriptor a negative errno when there was to be a memfd but couldn't be
     * @param stoppedNanos how long the thread was away from its own work, ns
     */
    record Outcome(End end, Stub.Report report, String errorText, int descriptor, long stoppedNanos) {}

    /**
     * Sends a stopped thread into the stub.
     *
     * @param original the registers that it is to have in the end
     * @param caught signals that the program has a handler for
     */
    static Loan begin(
            TracedThread thread,
            Registers original,
            long caught,
            Place place,
            ProcessMemory memory,
            LoaderFunctions functions,
            Stub.Errand errand,
            long stoppedAt) {
        long mask = thread.signalMask();
        int signal = harmless(caught | mask);
        boolean first = thread.mayComeFirst();
        long codeAddress = place.code().address();
        long dataAddress = place.data().address();
        Stub stub = new Stub(
                codeAddress, dataAddress, place.region(), functions, errand, original, mask, signal, first, HAS_XSAVE);
        memory.write(dataAddress, stub.data());
        memory.write(codeAddress, stub.code());
        // In this order, so that the thread is all right if we are killed in between: the stub undoes the others at its
        // end.
        thread.setRegisters(stub.entry(original));
        thread.setSignalMask((mask | ~NEVER_BLOCKED) & ~bit(signal));
        if (first) {
            thread.comeFirst();
        }
        thread.resume();
        return new Loan(thread, original, mask, signal, place, stub, first, memory, stoppedAt);
    }

    private static int harmless(long inUse) {
        for (int signal : HARMLESS) {
            if ((inUse & bit(signal)) == 0) {
                return signal;
            }
        }
        // Programs have to bear with one of these at any time.
        return HARMLESS[0];
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
        static Place find(TargetModules modules, ProcessMemory memory, LoaderFunctions functions, Stub.Errand errand) {
            // Anywhere far from the code: near it, room is for trampolines.
            long gap = Maps.of(memory.process())
                    .gapNear(modules.libc().base() >> 1, WorkRegion.SIZE, 1L << 46)
                    .orElseThrow(() -> new Failure(
                            Reason.NO_ROOM,
                            "Process " + memory.process().pid() + " has no free address space.",
                            "Trace another process."));
            WorkRegion region = new WorkRegion(memory, gap);
            Registers any = Registers.blank();
            Stub sample = new Stub(0, 0, region, functions, errand, any, 0, 0, true, HAS_XSAVE);
            List<Slack> found = Slack.find(modules, memory, sample.code().length, sample.data().length);
            return new Place(found.get(0), found.get(1), region);
        }

        void restore(ProcessMemory memory) {
            code.restore(memory);
            data.restore(memory);
        }
    }

    int tid() {
        return thread.tid();
    }

    /** Waits until the thread is back where it was, and let go. */
    Outcome await(LibrarySource source, long deadline) {
        long nextLook = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            if (thread.awaitStop(nextLook)) {
                Outcome outcome = onStop(source);
                if (outcome != null) {
                    return outcome;
                }
            } else if (thread.hasEnded()) {
                if (process.hasEnded()) {
                    throw process.gone();
                }
                return over(End.UNSEEN, null, "");
            } else if (System.nanoTime() > deadline) {
                throw new Failure(
                        Reason.NO_SAFE_POINT,
                        "Loading the agent into process " + process.pid() + " takes longer than 5 seconds.",
                        "It may still come to its end by itself; look with 'dyntrace list-processes' later.");
            } else {
                thread.interrupt();
                nextLook = System.nanoTime() + BETWEEN_LOOKS_NANOS;
            }
        }
    }

    private Outcome onStop(LibrarySource source) {
        Registers registers = thread.registers();
        if (thread.pendingSignal() == signal) {
            thread.dropSignal();
            if (stub.isDone(registers)) {
                return putBack(Stub.Report.of(registers));
            }
            if (stub.wantsContents(registers)) {
                descriptor = (int) registers.general(Assembler.R13);
                if (descriptor >= 0) {
                    place.region().path(source.supply(process, tid(), descriptor));
                }
            }
        } else if (thread.pendingSignal() == 0 && lookWhatHolds(registers)) {
            return over(End.UNSEEN, null, "");
        }
        thread.resume();
        return null;
    }

    /** Takes the thread back when it waits for a lock in a trial: it holds nothing then. Tells whether it has left the stub. */
    private boolean lookWhatHolds(Registers registers) {
        Progress progress = place.region().progress();
        if (progress == null) {
            return !place.code().contains(registers.rip());
        }
        if (!withdrawn
                && progress.compareTo(Progress.LOADING) < 0
                && registers.origRax() == SYS_FUTEX
                && SyscallRestart.isPending(registers)) {
            thread.setRegisters(stub.withdrawal(registers));
            withdrawn = true;
        }
        return false;
    }

    private Outcome putBack(Stub.Report report) {
        // Theirs is gone with the thread's next call of dlerror.
        String errorText = report.errorText() == 0 ? "" : memory.readText(report.errorText(), ERROR_TEXT_SIZE);
        thread.setSignalMask(originalMask);
        thread.setRegisters(original);
        return over(withdrawn || !report.hadRegion() ? End.WITHDRAWN : End.DONE, report, errorText);
    }

    private Outcome over(End end, Stub.Report report, String errorText) {
        if (first) {
            thread.comeInTurn();
        }
        thread.detach();
        long stopped = System.nanoTime() - stoppedAt;
        place.restore(memory);
        return new Outcome(end, report, errorText, descriptor, stopped);
    }

    private static long bit(int signal) {
        return 1L << signal - 1;
    }

    private static boolean processorHasXsave() {
        try (java.io.BufferedReader lines = new java.io.BufferedReader(
                new java.io.FileReader("/proc/cpuinfo", java.nio.charset.StandardCharsets.UTF_8))) {
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
