package org.dyntrace.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A recording of all events of dyntrace, read back with babeltrace2. */
final class LttngSession implements AutoCloseable {
    /** For all events of a test, which may come faster than they are written. */
    private static final List<String> ROOM = List.of("--subbuf-size", "4M", "--num-subbuf", "8");

    private final String name = "dyntrace-e2e-" + UUID.randomUUID();
    private final Path directory;
    private boolean destroyed;

    private LttngSession(Path directory) {
        this.directory = directory;
    }

    /** Starts a session daemon where none runs. */
    static void startDaemon() {
        if (Shell.run("lttng", "--no-sessiond", "list").exitCode() != 0) {
            Shell.run("lttng-sessiond", "--daemonize").ok();
        }
    }

    /** Starts to record into a directory that does not exist yet, with these contexts besides vtid and vpid. */
    static LttngSession start(Path directory, String... contexts) {
        LttngSession session = create(directory, ROOM, contexts);
        session.lttng("start", session.name);
        return session;
    }

    /** Starts to record this process and no other. */
    static LttngSession start(Path directory, long pid) {
        return start(directory, pid, ROOM);
    }

    /** Starts to record this process and no other, with too little room for many events. */
    static LttngSession cramped(Path directory, long pid) {
        return start(directory, pid, List.of("--subbuf-size", "4096", "--num-subbuf", "2"));
    }

    private static LttngSession start(Path directory, long pid, List<String> room) {
        LttngSession session = create(directory, room);
        session.lttng("untrack", "-u", "-s", session.name, "--all", "--vpid");
        session.lttng("track", "-u", "-s", session.name, "--vpid", "" + pid);
        session.lttng("start", session.name);
        return session;
    }

    private static LttngSession create(Path directory, List<String> room, String... contexts) {
        startDaemon();
        LttngSession session = new LttngSession(directory);
        session.lttng("create", session.name, "--output", directory.toString());
        List<String> channel = new ArrayList<>(List.of("enable-channel", "-u", "all", "-s", session.name));
        channel.addAll(room);
        session.lttng(channel.toArray(String[]::new));
        session.lttng("enable-event", "-u", "dyntrace_lttng:*", "-s", session.name, "-c", "all");
        session.lttng("add-context", "-u", "-t", "vtid", "-t", "vpid", "-s", session.name, "-c", "all");
        for (String context : contexts) {
            session.lttng("add-context", "-u", "-t", context, "-s", session.name, "-c", "all");
        }
        return session;
    }

    /** Ends the recording. {@return whether there is an event in it, however many there was no room for} */
    boolean recordsSomething() {
        close();
        return !Shell.run("sh", "-c", "babeltrace2 '" + directory + "' | head --lines 1")
                .out()
                .isEmpty();
    }

    /** Ends the recording. {@return its events as lines of babeltrace2, in the order of time} */
    List<String> events() {
        close();
        Result read = Shell.run("babeltrace2", directory.toString());
        if (read.err().contains("discarded")) {
            throw new AssertionError(read.err());
        }
        return read.ok().lines().toList();
    }

    @Override
    public void close() {
        if (!destroyed) {
            destroyed = true;
            lttng("destroy", name);
        }
    }

    private void lttng(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "lttng";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Shell.run(command).ok();
    }
}
