package org.dyntrace.daemon.sets;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * What is being placed, on the daemon's disk: if it is killed in the midst of a set, the next one takes the part away that was placed.
 * While a set is applied, each of its processes has a file in the run directory, named by pid and start time, with the name of a
 * tracepoint in each line, written before it is placed.
 */
public final class Unfinished {
    private static final Logger LOG = System.getLogger(Unfinished.class.getName());
    private static final String BEGIN = "applying-";
    private static final long WAIT_NANOS = 60_000_000_000L;

    private final Path directory;
    private final Map<ProcessId, List<String>> left = new ConcurrentHashMap<>();
    private final long begun = System.nanoTime();

    /**
     * Reads what an earlier daemon has left.
     *
     * @param directory the run directory
     */
    public Unfinished(Path directory) {
        this.directory = directory;
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.getFileName().toString().startsWith(BEGIN))
                    .forEach(this::read);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "what an earlier daemon has left can't be read", e);
        }
    }

    private void read(Path file) {
        try {
            String[] id =
                    file.getFileName().toString().substring(BEGIN.length()).split("-", 2);
            ProcessId process = new ProcessId(Integer.parseInt(id[0]), Long.parseLong(id[1]));
            String text = Files.readString(file);
            // A last line without an end: nothing was placed by that name yet.
            List<String> names =
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
            if (process.isAlive()) {
                left.put(process, names);
            } else {
                Files.delete(file);
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "what an earlier daemon has left in " + file + " can't be read", e);
        }
    }

    /**
     * Takes away what is left in a process.
     *
     * @param process one of whose agents has come
     * @param present the tracepoints that this agent holds
     * @param remove removes a tracepoint by its name
     */
    public void takeAway(ProcessId process, List<String> present, Consumer<String> remove) {
        List<String> names = left.get(process);
        if (names == null) {
            return;
        }
        List<String> there = names.stream().filter(present::contains).toList();
        there.forEach(remove);
        if (there.size() == names.size()) {
            left.remove(process);
            delete(file(process));
        } else {
            left.put(
                    process,
                    names.stream().filter(name -> !there.contains(name)).toList());
        }
    }

    /** After a while: agents that live have come by then, and what was left is away. Later such a name may be anybody's. */
    public void expire() {
        if (!left.isEmpty() && System.nanoTime() - begun > WAIT_NANOS) {
            left.keySet().forEach(process -> delete(file(process)));
            left.clear();
        }
    }

    private Path file(ProcessId process) {
        return directory.resolve(BEGIN + process.pid() + "-" + process.startTime());
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(Level.WARNING, file + " stays", e);
        }
    }

    /** {@return a record for a set that will be applied; one at a time for a process} */
    public Entry begin() {
        return new Entry();
    }

    /** A set that is being applied. */
    public final class Entry implements AutoCloseable {
        private final List<Path> files = new ArrayList<>();

        private Entry() {}

        /**
         * A tracepoint will be placed.
         *
         * @param process in this process
         * @param name its name
         * @throws Failure RUNDIR when that can't be written
         */
        public void willPlace(ProcessId process, String name) {
            files.add(file(process));
            try {
                Files.writeString(file(process), name + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new Failure(
                        Reason.RUNDIR,
                        "The daemon can't write in its run directory: " + e.getMessage() + ".",
                        "See to it that it is there and its disk is not full, then try again.",
                        e);
            }
        }

        /** All of it is placed, or all of it is gone again. */
        @Override
        public void close() {
            files.forEach(Unfinished::delete);
        }
    }
}
