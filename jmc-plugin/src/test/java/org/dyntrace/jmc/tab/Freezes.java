package org.dyntrace.jmc.tab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Display;

/**
 * For how long the user interface does not react, because its thread is in one event: by the same events of SWT as Eclipse's own monitor of
 * freezes. Of a freeze only what the thread itself has computed counts, and what it has waited for others, but not the time in which it could
 * have run and other programs of the machine did, which the kernel tells: no program can help that, and tests share their machine. That it waits for no
 * daemon is seen by {@link UserThread}.
 */
public final class Freezes {
    private static final Path WAITED = Path.of("/proc/thread-self/schedstat");
    private static final long MILLI = 1_000_000;
    private static final int LOOK_MILLIS = 10;
    private static final int LOOK_FROM_MILLIS = 30;
    private static final int FRAMES = 25;

    /**
     * How long it did not react.
     *
     * @param work that its thread has computed, milliseconds
     * @param pause that it has computed or waited for others, milliseconds
     * @param where what it was about, as far as it was caught
     */
    public record Freeze(long work, long pause, String where) {
        @Override
        public String toString() {
            return work + " ms of work, " + pause + " ms without an answer" + where;
        }
    }

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Display display;
    private int depth;
    private int idleDepth;
    private long beganWork;
    private long beganWaited;
    private volatile long began;
    private volatile String where = "";
    private volatile Freeze longest = new Freeze(0, 0, "");
    private volatile boolean busy;

    /** Measures from now on; called on the thread of the user interface. */
    public Freezes(Display display) {
        this.display = display;
        display.addListener(SWT.PreEvent, event -> depth++);
        display.addListener(SWT.PostEvent, event -> {
            depth--;
            if (depth <= idleDepth) {
                idleDepth = depth;
                end();
                begin();
            }
        });
        // A dialog has a loop of its own, in the event that opened it.
        display.addListener(SWT.PreExternalEventDispatch, event -> {
            idleDepth = depth;
            end();
        });
        display.addListener(SWT.PostExternalEventDispatch, event -> begin());
        begin();
        Thread look = new Thread(this::look, "freezes");
        look.setDaemon(true);
        look.start();
    }

    /** Forgets what was before; called on the thread of the user interface. */
    public void restart() {
        longest = new Freeze(0, 0, "");
        begin();
    }

    private void begin() {
        where = "";
        beganWork = threads.getCurrentThreadCpuTime();
        beganWaited = waited();
        began = System.nanoTime();
        busy = true;
    }

    private void end() {
        if (!busy) {
            return;
        }
        busy = false;
        long work = (threads.getCurrentThreadCpuTime() - beganWork) / MILLI;
        long pause = (System.nanoTime() - began - (waited() - beganWaited)) / MILLI;
        if (Math.max(work, pause) > Math.max(longest.work(), longest.pause())) {
            longest = new Freeze(work, pause, where);
        }
    }

    /** {@return for how long this thread has waited for a processor, in nanoseconds} */
    private static long waited() {
        try {
            return Long.parseLong(Files.readString(WAITED).split(" ")[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the longest since the last call} */
    public Freeze longest() {
        Freeze found = longest;
        longest = new Freeze(0, 0, "");
        return found;
    }

    private void look() {
        try {
            while (!display.isDisposed()) {
                Thread.sleep(LOOK_MILLIS);
                if (busy && System.nanoTime() - began > LOOK_FROM_MILLIS * MILLI) {
                    where = Arrays.stream(display.getThread().getStackTrace())
                            .limit(FRAMES)
                            .map(frame -> "\n    " + frame)
                            .collect(Collectors.joining());
                }
            }
        } catch (InterruptedException | RuntimeException e) {
            // The display is gone.
        }
    }
}
