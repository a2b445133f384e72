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

    private static boolean isZombie(String directory) {
        return ProcFile.text(directory + "/stat")
                .filter(stat -> stat.charAt(stat.lastIndexOf(')') + 2) == 'Z')
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

    /** {@return whether it has a thread of this id} */
    public boolean hasThread(int tid) {
        return ProcFile.text("/proc/" + pid + "/task/" + tid + "/stat").isPresent();
    }

    /** {@return the failure that tells that this process is gone} */
    public Failure gone() {
        return new Failure(
                Reason.PROCESS_GONE, "Process " + pid + " has ended.", "Start it again, then attach to its new pid.");
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
