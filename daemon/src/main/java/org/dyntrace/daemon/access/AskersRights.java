package org.dyntrace.daemon.access;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * Does something with files with the rights of who asks: on a thread of its own that has taken on their identity. The calls are the
 * kernel's own ones, which change one thread only; libc's would change all.
 */
public final class AskersRights {
    private static final long SYS_SETGROUPS = 116;
    private static final long SYS_SETFSUID = 122;
    private static final long SYS_SETFSGID = 123;

    static {
        Native.register(AskersRights.class, "c");
    }

    private AskersRights() {}

    /**
     * Does it.
     *
     * @param caller in whose name
     * @param work what to do
     * @param <T> what comes of it
     * @return what the work returns
     * @throws Failure the work's, or NOT_PERMITTED when the daemon can't act for that user
     * @throws Exception the work's
     */
    public static <T> T with(Caller caller, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            if (caller.uid() != Caller.daemon().uid()) {
                become(caller);
            }
            return work.call();
        });
        Thread thread = new Thread(task, "files of uid " + caller.uid());
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void become(Caller caller) {
        int[] ids = caller.groups().stream().mapToInt(Math::toIntExact).toArray();
        syscall(SYS_SETGROUPS, ids.length, ids);
        syscall(SYS_SETFSGID, caller.gid());
        syscall(SYS_SETFSUID, caller.uid());
        // These two tell no error: asking again tells who we are.
        if (syscall(SYS_SETFSUID, -1) != caller.uid() || syscall(SYS_SETFSGID, -1) != caller.gid()) {
            throw new Failure(
                    Reason.NOT_PERMITTED,
                    "The daemon can't open files in the name of user " + caller.uid() + ".",
                    "Run it as root.");
        }
    }

    private static native long syscall(long number, long argument) throws LastErrorException;

    private static native long syscall(long number, long count, int[] ids) throws LastErrorException;
}
