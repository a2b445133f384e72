package org.dyntrace.daemon.inject;

import java.nio.file.Path;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.TracerThread;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Loads a library into a running process: one thread is borrowed for about a millisecond to call dlopen, the others run on. The
 * process is refused untouched when it can't be done; whatever happens afterwards, also the daemon's sudden death, every thread
 * goes on where it was.
 */
public final class Injector {
    /** {@code int dyntrace_agent_start(const char *argument)}, called once the library is loaded, if it has it. */
    static final String START_FUNCTION = "dyntrace_agent_start";

    private Injector() {}

    /**
     * Checks whether a process can be had, without touching it.
     *
     * @param process the process
     * @throws Failure as {@link #inject}, for what can be seen before
     */
    public static void check(ProcessId process) {
        Preflight.check(process);
    }

    /**
     * Loads a library and starts it.
     *
     * @param process a process; not a child that this JVM started itself
     * @param library a shared object for the GNU C library, as the daemon sees it; needn't be visible to the process
     * @param argument what its start function is given
     * @return what it came to; a start function's result is not judged here
     * @throws Failure PROCESS_GONE, NOT_PERMITTED, OWN_PROCESS, KERNEL_THREAD, ZOMBIE, STOPPED, ALREADY_TRACED, WRONG_ARCHITECTURE,
     *     STATIC_PROGRAM, SECCOMP, SHADOW_STACK, UNSUPPORTED, NO_ROOM: refused; NO_SAFE_POINT: not possible within 5 seconds;
     *     LOAD_FAILED: the process's own loader refused the library, in its words
     */
    public static InjectionResult inject(ProcessId process, Path library, String argument) {
        long began = System.nanoTime();
        try {
            Preflight.check(process);
            LibrarySource source = LibrarySource.of(process, library);
            return TracerThread.call(process, () -> {
                try (Injection injection = Injection.loading(process, source, argument, began)) {
                    return injection.run();
                }
            });
        } catch (Failure failure) {
            throw judged(process, failure);
        }
    }

    /**
     * Unloads a library, by dlclose on a borrowed thread, and unmaps memory.
     *
     * @param process a process
     * @param handle of the library, as dlopen returned it; 0 for none
     * @param address of the memory
     * @param size of it, bytes
     * @throws Failure as {@link #inject}
     */
    public static void unload(ProcessId process, long handle, long address, long size) {
        long began = System.nanoTime();
        try {
            Preflight.check(process);
            TracerThread.call(process, () -> {
                try (Injection injection =
                        Injection.unloading(process, new Stub.Unload(handle, address, size), began)) {
                    return injection.run();
                }
            });
        } catch (Failure failure) {
            throw judged(process, failure);
        }
    }

    /** A process that dies shows itself in many ways; to the user it is one. */
    private static Failure judged(ProcessId process, Failure failure) {
        return failure.reason() != Reason.ZOMBIE && process.isEnding() ? process.gone() : failure;
    }

    /**
     * Checks whether lttng-ust may be loaded into a process that has an agent, as far as system calls go.
     *
     * @param process the process
     * @throws Failure SECCOMP when its filters forbid what lttng-ust does
     */
    public static void checkLttngCalls(ProcessId process) {
        Preflight.checkFilters(process, true);
    }

    /**
     * Checks whether an LTTng session could record a process's events.
     *
     * @param process the process
     * @param library the lttng tracer
     * @throws Failure LTTNG_MISSING when it doesn't see the tracer, or no session daemon though there is one; LTTNG_NO_SESSIOND when
     *     there is none
     */
    public static void checkLttng(ProcessId process, Path library) {
        if (!LibrarySource.of(process, library).visible()) {
            throw new Failure(
                    Reason.LTTNG_MISSING,
                    "Process " + process.pid()
                            + " does not see dyntrace's installation, from which the tracer lttng is loaded.",
                    "Mount " + library.getParent()
                            + " there, and what LTTng-UST needs; or use the tracer log or count.");
        }
        SessionDaemons.check(process);
    }

    /**
     * Tells whether bytes behind a module's code are what an injection writes there while it is under way; if its daemon was killed,
     * they stay until the next one.
     *
     * @param slack the bytes from the first multiple of 16 behind the code to the page's end
     * @return whether they are
     */
    public static boolean isStub(byte[] slack) {
        return Slack.findMark(slack) >= 0;
    }

    /**
     * Prepares for quick injections, at the daemon's start: takes a few hundred milliseconds, most of which the first injection would
     * take else, a part of it while the target stands still. Never fails.
     */
    public static void warmUp() {
        WarmUp.run();
    }
}
