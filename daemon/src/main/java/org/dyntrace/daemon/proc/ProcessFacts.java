package org.dyntrace.daemon.proc;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dyntrace.mbeans.Failure;

/**
 * What the kernel says of a process, read at one moment.
 *
 * @param process the process
 * @param state one letter as in /proc/pid/status: R, S, D, T (stopped), t (traced), Z (zombie), X, I
 * @param uid effective user id
 * @param gid effective group id
 * @param groups supplementary group ids
 * @param comm the kernel's name of the main thread, at most 15 bytes
 * @param exe the program's file as the process sees it, without the kernel's " (deleted)"; empty for a kernel thread
 * @param commandLine the arguments, argv[0] first; empty for a kernel thread
 * @param tracerPid the pid of who traces it, 0 for none
 * @param seccomp 0 none, 1 strict, 2 filter
 * @param threads how many threads it has
 * @param nsPids its pid in each pid namespace, the daemon's first
 * @param kernelThread whether it runs no user code
 * @param elfClass 1 for a 32-bit program, 2 for a 64-bit one, 0 when that can't be read
 * @param shadowStack whether its main thread runs with a user shadow stack
 */
public record ProcessFacts(
        ProcessId process,
        char state,
        int uid,
        int gid,
        List<Integer> groups,
        String comm,
        String exe,
        List<String> commandLine,
        int tracerPid,
        int seccomp,
        int threads,
        List<Integer> nsPids,
        boolean kernelThread,
        int elfClass,
        boolean shadowStack) {
    /** Where the flags stand in /proc/pid/stat, counted from the state that follows the name in parentheses. */
    private static final int FLAGS_AFTER_NAME = 6;

    private static final int PF_KTHREAD = 0x200000;
    private static final int PF_USER_WORKER = 0x4000;
    private static final int PF_IO_WORKER = 0x10;

    /**
     * Reads them.
     *
     * @param process a process
     * @return its facts
     * @throws Failure PROCESS_GONE when it ended
     */
    public static ProcessFacts of(ProcessId process) {
        String root = "/proc/" + process.pid();
        String status = ProcFile.text(root + "/status").orElseThrow(process::gone);
        ProcessFacts facts = new ProcessFacts(
                process,
                text(status, "State").charAt(0),
                numbers(status, "Uid").get(1),
                numbers(status, "Gid").get(1),
                numbers(status, "Groups"),
                text(status, "Name"),
                executable(root),
                commandLine(root),
                number(status, "TracerPid"),
                number(status, "Seccomp"),
                number(status, "Threads"),
                numbers(status, "NSpid"),
                runsNoUserCode(root),
                elfClass(root),
                text(status, "x86_Thread_features").contains("shstk"));
        if (!process.isAlive()) {
            throw process.gone();
        }
        return facts;
    }

    /** {@return the name that the listings show: the file name of the program, or else the kernel's name} */
    public String name() {
        return exe.isEmpty() ? comm : exe.substring(exe.lastIndexOf('/') + 1);
    }

    /** {@return whether the process has this name: its program's file name, the kernel's name, or the last part of argv[0]} */
    public boolean isNamed(String name) {
        return name.equals(comm)
                || name.equals(name())
                || !commandLine.isEmpty()
                        && name.equals(
                                commandLine.get(0).substring(commandLine.get(0).lastIndexOf('/') + 1));
    }

    /**
     * Whether a task is the kernel's own: a kernel thread, or a worker that the kernel adds to a process (io_uring, vhost).
     *
     * @param task /proc/pid or /proc/pid/task/tid
     */
    static boolean runsNoUserCode(String task) {
        return ProcFile.text(task + "/stat")
                .map(stat ->
                        Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[FLAGS_AFTER_NAME]))
                .filter(flags -> (flags & (PF_KTHREAD | PF_USER_WORKER | PF_IO_WORKER)) != 0)
                .isPresent();
    }

    /** {@return its path as the process sees it; empty for a kernel thread, and when that can't be read} */
    static String executable(String root) {
        try {
            String exe = Files.readSymbolicLink(Path.of(root, "exe")).toString();
            return exe.endsWith(" (deleted)") ? exe.substring(0, exe.length() - " (deleted)".length()) : exe;
        } catch (IOException noneOrNotPermitted) {
            return "";
        }
    }

    private static List<String> commandLine(String root) {
        try {
            String raw = Files.readString(Path.of(root, "cmdline"), StandardCharsets.ISO_8859_1);
            // Bytes of any encoding must not stop a listing, so decode after the read, leniently.
            String line = new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            return line.isEmpty() ? List.of() : List.of(line.split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }

    private static int elfClass(String root) {
        try (FileInputStream in = new FileInputStream(root + "/exe")) {
            byte[] head = in.readNBytes(5);
            return head.length == 5 && head[0] == 0x7f && head[1] == 'E' ? head[4] : 0;
        } catch (IOException noneOrNotPermitted) {
            return 0;
        }
    }

    private static String text(String status, String field) {
        return ProcFile.field(status, field).orElse("");
    }

    private static int number(String status, String field) {
        return Optional.of(text(status, field))
                .filter(s -> !s.isEmpty())
                .map(Integer::parseInt)
                .orElse(0);
    }

    private static List<Integer> numbers(String status, String field) {
        String text = text(status, field);
        // A uid is unsigned, 4294967295 at most.
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split("\\s+"))
                        .map(Integer::parseUnsignedInt)
                        .toList();
    }
}
