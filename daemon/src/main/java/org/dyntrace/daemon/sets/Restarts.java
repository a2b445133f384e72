package org.dyntrace.daemon.sets;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.dyntrace.daemon.proc.ProcessFacts;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessTable;
import org.dyntrace.mbeans.Failure;

/**
 * Applies kept sets to processes that have started: once to each. It looks at all processes twice a second; what tells of starts at once,
 * the kernel's proc connector, needs more rights, and works in the first network namespace only.
 */
public final class Restarts implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Restarts.class.getName());

    /** A process that has just begun may not be ready; each further attempt comes after twice the time. */
    private static final int ATTEMPTS = 6;

    private static final int AT_ONCE = 4;
    private static final long FIRST_PAUSE_NANOS = 500_000_000;

    private final KeptSets sets;
    private final Application application;
    private final Path record;
    private final Set<Done> done = ConcurrentHashMap.newKeySet();
    private final Map<Done, Attempts> begun = new ConcurrentHashMap<>();
    private final ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE, work -> {
        Thread thread = new Thread(work, "restarts");
        thread.setDaemon(true);
        return thread;
    });

    /** Places the tracepoints that a set has for a process. */
    @FunctionalInterface
    public interface Application {
        /**
         * All of them, or none.
         *
         * @param set a set
         * @param process a process that it is for
         * @throws Failure when they can't be placed
         */
        void apply(KeptSet set, ProcessId process);
    }

    private record Done(String set, ProcessId process) {}

    private static final class Attempts {
        private int count;
        private boolean running;
        private long next = System.nanoTime();
    }

    /**
     * Remembers which processes have been seen to already.
     *
     * @param sets the kept sets
     * @param rundir where this is noted down, for a daemon to come
     * @param application applies a set
     */
    public Restarts(KeptSets sets, Path rundir, Application application) {
        this.sets = sets;
        this.application = application;
        this.record = rundir.resolve("restarts");
        try {
            if (Files.exists(record)) {
                for (String line : Files.readAllLines(record)) {
                    String[] words = line.split(" ");
                    if (words.length == 4 && words[3].equals(";")) {
                        add(new Done(words[0], new ProcessId(Integer.parseInt(words[1]), Long.parseLong(words[2]))));
                    }
                }
            }
            Files.deleteIfExists(record);
            done.forEach(this::write);
        } catch (IOException | NumberFormatException e) {
            LOG.log(Level.WARNING, record + " can't be read", e);
        }
    }

    private void add(Done one) {
        if (one.process().isAlive()) {
            done.add(one);
        }
    }

    /**
     * A set has been applied to a process: it is not applied to it again.
     *
     * @param set the set's name
     * @param process the process
     */
    public void note(String set, ProcessId process) {
        Done one = new Done(set, process);
        if (done.add(one)) {
            write(one);
        }
    }

    private void write(Done one) {
        String line =
                one.set() + " " + one.process().pid() + " " + one.process().startTime() + " ;\n";
        try {
            Files.writeString(record, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.log(Level.WARNING, record + " can't be written", e);
        }
    }

    /** Looks for processes that a kept set is for, and that it has not been applied to. */
    public void look() {
        List<KeptSet> all = sets.all();
        if (all.isEmpty()) {
            return;
        }
        done.removeIf(one -> !one.process().isAlive());
        begun.keySet().removeIf(one -> !one.process().isAlive());
        Map<String, Set<KeptSet>> byProgram = new HashMap<>();
        for (KeptSet set : all) {
            set.set()
                    .parts()
                    .forEach(part -> byProgram
                            .computeIfAbsent(ProgramKeys.executable(part.key()), none -> new HashSet<>())
                            .add(set));
        }
        for (ProcessTable.Running running : ProcessTable.running()) {
            for (KeptSet set : byProgram.getOrDefault(ProgramKeys.executable(running.executable()), Set.of())) {
                look(set, running.pid());
            }
        }
    }

    private void look(KeptSet set, int pid) {
        try {
            ProcessFacts facts = ProcessFacts.of(ProcessId.current(pid));
            Done one = new Done(set.name(), facts.process());
            boolean wanted = !done.contains(one)
                    && set.set().parts().stream()
                            .anyMatch(part ->
                                    ProgramKeys.isOf(facts, part.key()) && ProgramKeys.isOfBuild(facts, part.key()));
            Attempts attempts = wanted ? begun.computeIfAbsent(one, none -> new Attempts()) : null;
            if (attempts != null && isDue(attempts)) {
                workers.execute(() -> apply(set, one, attempts));
            }
        } catch (Failure | RejectedExecutionException ended) {
            LOG.log(Level.DEBUG, "process " + pid, ended);
        }
    }

    private static boolean isDue(Attempts attempts) {
        synchronized (attempts) {
            boolean due = !attempts.running && System.nanoTime() - attempts.next >= 0;
            attempts.running |= due;
            return due;
        }
    }

    private void apply(KeptSet set, Done one, Attempts attempts) {
        boolean over = false;
        try {
            application.apply(set, one.process());
            over = true;
            LOG.log(Level.INFO, "process {0} has got the set {1}", one.process().pid(), set.name());
        } catch (RuntimeException e) {
            over = attempts.count + 1 >= ATTEMPTS;
            LOG.log(
                    over ? Level.WARNING : Level.DEBUG,
                    "process " + one.process().pid() + " has not got the set " + set.name() + ": " + e.getMessage());
        } finally {
            if (over) {
                note(set.name(), one.process());
            }
            synchronized (attempts) {
                attempts.next = System.nanoTime() + (FIRST_PAUSE_NANOS << attempts.count);
                attempts.count++;
                attempts.running = false;
            }
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
