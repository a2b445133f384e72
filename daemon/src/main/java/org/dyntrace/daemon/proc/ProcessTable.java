package org.dyntrace.daemon.proc;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Finds processes the way commands name them. */
public final class ProcessTable {
    private ProcessTable() {}

    /**
     * Finds the process that a command means.
     *
     * @param target a pid in decimal, or a name: of the program's file, of the main thread, or the last part of argv[0]
     * @return the process
     * @throws Failure NO_SUCH_PROCESS, NO_SUCH_NAME, AMBIGUOUS_NAME (the message lists the pids)
     */
    public static ProcessId find(String target) {
        return isPid(target) ? ProcessId.current(Integer.parseInt(target)) : named(target);
    }

    /** {@return every process that there is now, by pid} */
    public static List<ProcessId> all() {
        List<ProcessId> found = new ArrayList<>();
        for (int pid : ProcFile.numbers("/proc")) {
            try {
                found.add(ProcessId.current(pid));
            } catch (Failure endedMeanwhile) {
                continue;
            }
        }
        return found;
    }

    /**
     * A process and its program.
     *
     * @param pid its pid
     * @param executable its program's path as it sees it
     */
    public record Running(int pid, String executable) {}

    /** {@return the processes whose programs can be seen, by pid; cheaper than to ask for the facts of each} */
    public static List<Running> running() {
        List<Running> found = new ArrayList<>();
        for (int pid : ProcFile.numbers("/proc")) {
            String executable = ProcessFacts.executable("/proc/" + pid);
            if (!executable.isEmpty()) {
                found.add(new Running(pid, executable));
            }
        }
        return found;
    }

    private static ProcessId named(String name) {
        List<ProcessId> matches = new ArrayList<>();
        for (ProcessId process : all()) {
            if (process.pid() != Libc.getpid() && isNamed(process, name)) {
                matches.add(process);
            }
        }
        if (matches.size() > 1) {
            throw new Failure(
                    Reason.AMBIGUOUS_NAME,
                    "Several processes are named '" + name + "': "
                            + matches.stream().map(p -> "" + p.pid()).collect(Collectors.joining(", ")) + ".",
                    "Say which one by its pid.");
        }
        if (matches.isEmpty()) {
            throw new Failure(
                    Reason.NO_SUCH_NAME,
                    "No process is named '" + name + "'.",
                    "Give the file name of its program, or its pid; 'ps -e' shows both.");
        }
        return matches.get(0);
    }

    private static boolean isNamed(ProcessId process, String name) {
        try {
            ProcessFacts facts = ProcessFacts.of(process);
            // What has ended, and what can't be traced anyway, must not make a name ambiguous.
            return facts.state() != 'Z' && facts.state() != 'X' && !facts.kernelThread() && facts.isNamed(name);
        } catch (Failure endedMeanwhile) {
            return false;
        }
    }

    private static boolean isPid(String target) {
        return target.length() <= 9 && !target.isEmpty() && target.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
