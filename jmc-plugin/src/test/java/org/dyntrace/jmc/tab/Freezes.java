package org.dyntrace.jmc.tab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * For how long the user interface does not react, because its thread is away from its {@link Loop}. Of a freeze only what the thread itself has
 * computed counts, and what it has waited for others, but not the time in which it could have run and other programs of the machine did, which the
 * kernel tells: no program can help that, and tests share their machine. That it waits for no daemon is seen by {@link UserThread}.
 */
public final class Freezes {
    /** What one event may compute. */
    private static final int WORK_MILLIS = 100;

    /** With what it waits for the X server and the collector of garbage, which a busy machine keeps waiting as well. */
    private static final int PAUSE_MILLIS = 500;

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
    private record Freeze(long work, long pause, String where) {
        boolean isTooLong() {
            return work >= WORK_MILLIS || pause >= PAUSE_MILLIS;
        }

        Freeze orLonger(Freeze other) {
            Freeze longer = other.work > work ? other : this;
            return new Freeze(longer.work, Math.max(pause, other.pause), longer.where);
        }

        @Override
        public String toString() {
            return work + " ms of work, " + pause + " ms without an answer";
        }
    }

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Map<String, Freeze> longest = new LinkedHashMap<>();
    private final Thread user;
    private String phase;
    private long beganWork;
    private long beganWaited;
    private volatile long began;
    private volatile String where = "";
    private volatile boolean busy;

    /** Measures nothing before something is done; made on the thread of the user interface. */
    public Freezes() {
        user = Thread.currentThread();
        Thread look = new Thread(this::look, "freezes");
        look.setDaemon(true);
        look.start();
    }

    /**
     * What comes from now on belongs to what a user does now.
     *
     * @param now what that is
     */
    public synchronized void during(String now) {
        phase = now;
    }

    /** Begins an event; called on the thread of the user interface, for what was the test's own, too, which does not count. */
    public void begin() {
        where = "";
        beganWork = threads.getCurrentThreadCpuTime();
        beganWaited = waited();
        began = System.nanoTime();
        busy = true;
    }

    /** Ends it; called on the thread of the user interface. */
    public void end() {
        if (!busy) {
            return;
        }
        busy = false;
        long work = (threads.getCurrentThreadCpuTime() - beganWork) / MILLI;
        long pause = (System.nanoTime() - began - (waited() - beganWaited)) / MILLI;
        synchronized (this) {
            if (phase != null) {
                longest.merge(phase, new Freeze(work, pause, where), Freeze::orLonger);
            }
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

    /** Says the longest of each thing that a user has done; throws if there was one that is too long. */
    public synchronized void check() {
        longest.forEach((during, freeze) -> System.out.println("driver: " + during + ": " + freeze));
        longest.entrySet().stream()
                .max(Comparator.comparingLong(each -> each.getValue().work()))
                .ifPresent(each -> System.out.println("driver: longest freeze " + each));
        List<String> wrong = longest.entrySet().stream()
                .filter(each -> each.getValue().isTooLong())
                .map(each ->
                        each.getKey() + ": " + each.getValue() + each.getValue().where())
                .toList();
        if (!wrong.isEmpty()) {
            throw new AssertionError("freezes: " + wrong);
        }
    }

    private void look() {
        try {
            while (user.isAlive()) {
                Thread.sleep(LOOK_MILLIS);
                if (busy && System.nanoTime() - began > LOOK_FROM_MILLIS * MILLI) {
                    where = Arrays.stream(user.getStackTrace())
                            .limit(FRAMES)
                            .map(frame -> "\n    " + frame)
                            .collect(Collectors.joining());
                }
            }
        } catch (InterruptedException e) {
            // The test is over.
        }
    }
}
