package org.dyntrace.daemon.jvm;

import java.io.IOException;
import org.dyntrace.daemon.proc.ProcessFacts;

/**
 * Lets a thread act with the rights of a process. The JVM accepts root too, but not when it lives in a user namespace; and no file
 * may be made or opened in a target's name that it couldn't make or open itself.
 */
final class Identity {
    private static final long UNCHANGED = -1;
    private static final long UNSIGNED = 0xffffffffL;

    private Identity() {}

    /**
     * Takes on a process's effective user and its groups, for the rest of this thread's life. The calls are the kernel's own ones,
     * which change one thread only. Real and saved user stay the daemon's: so that process gets no power over this thread.
     *
     * @throws IOException when the kernel refuses
     */
    static void take(ProcessFacts facts) throws IOException {
        int[] groups = facts.groups().stream().mapToInt(Integer::intValue).toArray();
        check(Libc.syscall(Libc.SYS_SETGROUPS, groups.length, groups));
        check(Libc.syscall(Libc.SYS_SETRESGID, UNCHANGED, facts.gid() & UNSIGNED, UNCHANGED, 0));
        check(Libc.syscall(Libc.SYS_SETRESUID, UNCHANGED, facts.uid() & UNSIGNED, UNCHANGED, 0));
    }

    private static void check(long result) throws IOException {
        if (result != 0) {
            throw new IOException("The daemon can't act as the user of that process: " + Libc.error());
        }
    }
}
