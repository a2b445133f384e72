package org.dyntrace.daemon.proc;

import java.util.ArrayList;
import java.util.List;

/**
 * What a thread does, seen from outside without stopping it.
 *
 * @param tid its thread id
 * @param syscall the number of the system call that it waits in, -1 when it waits elsewhere in the kernel, {@link #RUNNING}
 * @param second the call's second argument
 * @param pc the address that it will return to, 0 when it runs
 */
public record ThreadActivity(int tid, long syscall, long second, long pc) {
    /** In place of a system call: the thread runs, or waits for a processor. */
    public static final long RUNNING = -2;

    /** {@return the activities of all threads of a process, oldest thread first} */
    public static List<ThreadActivity> of(ProcessId process) {
        List<ThreadActivity> all = new ArrayList<>();
        int[] tids = ProcFile.numbers("/proc/" + process.pid() + "/task");
        java.util.Arrays.sort(tids);
        for (int tid : tids) {
            ProcFile.text("/proc/" + process.pid() + "/task/" + tid + "/syscall")
                    .ifPresentOrElse(
                            text -> all.add(parse(tid, text.trim().split(" "))),
                            () -> all.add(new ThreadActivity(tid, RUNNING, 0, 0)));
        }
        return all;
    }

    private static ThreadActivity parse(int tid, String[] words) {
        // "running", or "-1 SP PC", or "NUMBER six arguments SP PC".
        if (words.length < 3) {
            return new ThreadActivity(tid, RUNNING, 0, 0);
        }
        long second = words.length > 4 ? hex(words[2]) : 0;
        return new ThreadActivity(tid, Long.parseLong(words[0]), second, hex(words[words.length - 1]));
    }

    private static long hex(String word) {
        return Long.parseUnsignedLong(word, 2, word.length(), 16);
    }
}
