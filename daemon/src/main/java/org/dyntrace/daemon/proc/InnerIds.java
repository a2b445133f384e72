package org.dyntrace.daemon.proc;

import java.util.Arrays;

/**
 * The numbers that a process's threads have for themselves: in a pid namespace of its own they are not those that the daemon knows
 * (NSpid in proc(5)).
 */
public final class InnerIds {
    private final ProcessId process;
    private final boolean same;

    private InnerIds(ProcessId process, boolean same) {
        this.process = process;
        this.same = same;
    }

    /** {@return the numbers of a process's threads} */
    public static InnerIds of(ProcessId process) {
        return new InnerIds(
                process,
                ProcFile.text("/proc/" + process.pid() + "/status")
                        .flatMap(status -> ProcFile.field(status, "NSpid"))
                        .map(numbers -> numbers.strip().split("\\s+").length == 1)
                        .orElse(true));
    }

    /**
     * Looks up what gettid() returns to a thread.
     *
     * @param tid a thread of the process, as the daemon knows it
     * @return its number in the process's own namespace; 0 when it is gone
     */
    public int of(int tid) {
        return same
                ? tid
                : ProcFile.text("/proc/" + process.pid() + "/task/" + tid + "/status")
                        .flatMap(status -> ProcFile.field(status, "NSpid"))
                        .map(numbers -> numbers.strip().split("\\s+"))
                        .map(numbers -> Integer.parseInt(numbers[numbers.length - 1]))
                        .orElse(0);
    }

    /** {@return whether there is a thread that has this number for itself} */
    public boolean contains(int inner) {
        return Arrays.stream(ProcFile.numbers("/proc/" + process.pid() + "/task"))
                .anyMatch(tid -> of(tid) == inner);
    }
}
