package org.dyntrace.daemon.proc;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * One process for good: a pid alone may belong to another process a moment later.
 *
 * @param pid its pid in the daemon's pid namespace, &gt; 0
 * @param startTime when it started, in clock ticks since boot, as in /proc/pid/stat
 */
public record ProcessId(int pid, long startTime) {
    /** Where the start time stands in /proc/pid/stat, counted from the state that follows the name in parentheses. */
    private static final int START_TIME_AFTER_NAME = 19;

    /** Where a task's flags stand there; see proc(5). */
    private static final int FLAGS_AFTER_NAME = 6;

    /** Of include/linux/sched.h: the task is in do_exit. */
    private static final long PF_EXITING = 4;

    /** USER_HZ of Linux on x86. */
    private static final int TICKS_PER_SECOND = 100;

    /**
     * The process that has this pid now.
     *
     * @param pid a pid
     * @return it
     * @throws Failure NO_SUCH_PROCESS when no process has it
     */
    public static ProcessId current(int pid) {
        return startTimeOf(pid)
                .map(start -> new ProcessId(pid, start))
                .orElseThrow(() -> new Failure(
                        Reason.NO_SUCH_PROCESS,
                        "There is no process with pid " + pid + ".",
                        "See 'ps -e' for the processes that run."));
    }

    /** {@return whether this process still exists; a zombie does} */
    public boolean isAlive() {
        return startTimeOf(pid).filter(start -> start == startTime).isPresent();
    }

    /**
     * The directory that shows its memory and its root: /proc/pid, or that of another thread when the main thread has ended before
     * the others; the kernel shows nothing in its own then.
     *
     * @return an absolute path
     */
    public String directory() {
        String directory = "/proc/" + pid;
        if (isZombie(directory)) {
            for (int tid : ProcFile.numbers(directory + "/task")) {
                if (tid != pid && !isZombie(directory + "/task/" + tid)) {
                    return directory + "/task/" + tid;
                }
            }
        }
        return directory;
    }

    /** {@return whether this process has ended as a whole; it may still wait for its parent} */
    public boolean hasEnded() {
        return !isAlive() || isZombie(directory());
    }

    /** {@return whether it has ended, or all its threads are about to: its memory goes before the kernel calls them zombies} */
    public boolean isEnding() {
        if (hasEnded()) {
            return true;
        }
        String tasks = "/proc/" + pid + "/task";
        for (int tid : ProcFile.numbers(tasks)) {
            String task = tasks + "/" + tid;
            if (!isZombie(task) && !isExiting(task)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isExiting(String task) {
        return ProcFile.text(task + "/stat")
                .map(stat -> stat.substring(stat.lastIndexOf(')') + 2).split(" "))
                .map(fields -> (Long.parseLong(fields[FLAGS_AFTER_NAME]) & PF_EXITING) != 0)
                .orElse(true);
    }

    /** {@return whether a signal has stopped it, so that it answers nothing until it is let go on} */
    public boolean isStopped() {
        return isAlive() && isInState(directory(), 'T');
    }

    private static boolean isZombie(String directory) {
        return isInState(directory, 'Z');
    }

    private static boolean isInState(String directory, char state) {
        return ProcFile.text(directory + "/stat")
                .filter(stat -> stat.charAt(stat.lastIndexOf(')') + 2) == state)
                .isPresent();
    }

    /** {@return how long ago it started, to a hundredth of a second} */
    public Duration age() {
        double uptime = ProcFile.text("/proc/uptime")
                .map(text -> Double.parseDouble(text.substring(0, text.indexOf(' '))))
                .orElseThrow();
        return Duration.ofMillis((long) (uptime * 1000) - startTime * 1000 / TICKS_PER_SECOND);
    }

    /** {@return when it started, by the clock as it is set now, to a second} */
    public Instant started() {
        long boot = ProcFile.text("/proc/stat")
                .orElseThrow()
                .lines()
                .filter(line -> line.startsWith("btime "))
                .mapToLong(line -> Long.parseLong(line.substring("btime ".length())))
                .findFirst()
                .orElseThrow();
        return Instant.ofEpochSecond(boot + startTime / TICKS_PER_SECOND);
    }

    /** {@return whether one of its threads has this name, of which the kernel keeps 15 bytes} */
    public boolean hasThread(String name) {
        for (int tid : ProcFile.numbers("/proc/" + pid + "/task")) {
            if (ProcFile.text("/proc/" + pid + "/task/" + tid + "/comm")
                    .filter(comm -> comm.equals(name + "\n"))
                    .isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** {@return the failure that tells that this process is gone} */
    public Failure gone() {
        return new Failure(
                Reason.PROCESS_GONE, "Process " + pid + " has ended.", "Start it again, then attach to its new pid.");
    }

    /** {@return the failure that tells that this process is stopped} */
    public Failure stopped() {
        return new Failure(
                Reason.STOPPED,
                "Process " + pid + " is stopped by a signal.",
                "Let it go on with 'kill -CONT " + pid + "', then try again.");
    }

    private static Optional<Long> startTimeOf(int pid) {
        if (pid <= 0) {
            return Optional.empty();
        }
        // The name may hold anything, so count from the last parenthesis.
        return ProcFile.text("/proc/" + pid + "/stat")
                .map(stat ->
                        Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_TIME_AFTER_NAME]));
    }
}
