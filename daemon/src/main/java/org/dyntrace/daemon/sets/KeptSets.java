package org.dyntrace.daemon.sets;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dyntrace.daemon.access.Caller;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.TracepointSet;

/** The sets that are applied to processes to come: a file for each, in a directory of the daemon's own. */
public final class KeptSets {
    /** How many there can be. */
    static final int MAX = 256;

    private static final Logger LOG = System.getLogger(KeptSets.class.getName());
    private static final String END = ".tracepoints";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");
    private static final Pattern HEAD = Pattern.compile("# kept for uid (\\d+) gid (\\d+)");

    private final Path directory;
    private final Map<String, KeptSet> sets = new ConcurrentSkipListMap<>();

    /**
     * Reads those that an earlier daemon has kept.
     *
     * @param directory where they lie; made when the first one is kept
     */
    public KeptSets(Path directory) {
        this.directory = directory;
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(END)).forEach(this::read);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the sets in " + directory + " can't be read", e);
        }
    }

    private void read(Path file) {
        String name = file.getFileName().toString();
        name = name.substring(0, name.length() - END.length());
        try {
            String text = Files.readString(file);
            Matcher head = HEAD.matcher(text.lines().findFirst().orElse(""));
            if (!head.matches()) {
                throw new IOException("it does not say who keeps it");
            }
            long uid = Long.parseLong(head.group(1));
            sets.put(name, new KeptSet(name, uid, Long.parseLong(head.group(2)), TracepointSet.parse(text)));
        } catch (IOException | Failure e) {
            LOG.log(Level.WARNING, "the set " + file + " is left out", e);
        }
    }

    /** {@return all of them, by name} */
    public List<KeptSet> all() {
        return List.copyOf(sets.values());
    }

    /**
     * Checks a name for a set.
     *
     * @param name a name
     * @param caller who wants to keep a set by it
     * @throws Failure BAD_REQUEST when it is none, NAME_TAKEN when somebody else keeps a set by it, TOO_MANY
     */
    public void check(String name, Caller caller) {
        if (!NAME.matcher(name).matches()) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "'" + name + "' is no name for a set.",
                    "Use up to 63 letters, digits, '_', '-' and '.', such as web-server.");
        }
        KeptSet known = sets.get(name);
        if (known != null && known.uid() != caller.uid()) {
            throw new Failure(
                    Reason.NAME_TAKEN,
                    "A set '" + name + "' is kept by user " + known.uid() + ".",
                    "Choose another name; 'dyntrace list-sets' shows those that are taken.");
        }
        if (known == null && sets.size() >= MAX) {
            throw new Failure(
                    Reason.TOO_MANY,
                    "The daemon keeps " + MAX + " sets already.",
                    "Give up one that is needed no more with 'dyntrace forget'.");
        }
    }

    /**
     * Keeps a set, in the place of the same user's earlier one of this name.
     *
     * @param name a name that {@link #check} has let pass
     * @param caller who keeps it
     * @param set what to keep
     * @throws Failure RUNDIR when it can't be written
     */
    public synchronized void keep(String name, Caller caller, TracepointSet set) {
        check(name, caller);
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path fresh = Files.createTempFile(directory, "new", "");
            try {
                Files.writeString(fresh, "# kept for uid " + caller.uid() + " gid " + caller.gid() + "\n" + set);
                Files.move(
                        fresh,
                        directory.resolve(name + END),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
        sets.put(name, new KeptSet(name, caller.uid(), caller.gid(), set));
    }

    /**
     * Keeps a set no longer.
     *
     * @param name its name
     * @param caller who says so: root, or who keeps it
     * @throws Failure NO_SUCH_SET, NOT_PERMITTED, or RUNDIR when its file can't be deleted
     */
    public synchronized void forget(String name, Caller caller) {
        KeptSet known = sets.get(name);
        if (known == null) {
            throw new Failure(
                    Reason.NO_SUCH_SET,
                    "No set is kept by the name '" + name + "'.",
                    sets.isEmpty() ? "None is kept." : "There are: " + String.join(", ", sets.keySet()) + ".");
        }
        if (caller.uid() != 0 && caller.uid() != known.uid()) {
            throw new Failure(
                    Reason.NOT_PERMITTED,
                    "The set '" + name + "' is kept by user " + known.uid() + ".",
                    "Ask that user, or root.");
        }
        try {
            Files.deleteIfExists(directory.resolve(name + END));
        } catch (IOException e) {
            throw unwritable(e);
        }
        sets.remove(name);
    }

    private Failure unwritable(IOException e) {
        return new Failure(
                Reason.RUNDIR,
                "The daemon can't keep sets in " + directory + ": " + e.getMessage() + ".",
                "See to it that its user may write there, and that the disk is not full.",
                e);
    }
}
