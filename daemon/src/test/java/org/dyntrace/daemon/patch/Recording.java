package org.dyntrace.daemon.patch;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.dyntrace.daemon.proc.Target;

/** An LTTng recording of dyntrace's events, with room for all that come at once; read back with babeltrace2. */
final class Recording implements AutoCloseable {
    private final String name = "dyntrace-daemon-" + UUID.randomUUID();
    private final Path directory;
    private boolean ended;

    Recording(Path directory) {
        this.directory = directory;
        Target.shell("sh", "-c", "pgrep -x lttng-sessiond >/dev/null || lttng-sessiond --daemonize");
        lttng("create", name, "--output", directory.toString());
        lttng("enable-channel", "-u", "all", "-s", name, "--subbuf-size", "8M", "--num-subbuf", "8");
        lttng("enable-event", "-u", "dyntrace_lttng:*", "-s", name, "-c", "all");
        lttng("add-context", "-u", "-t", "vtid", "-t", "vpid", "-s", name, "-c", "all");
        lttng("start", name);
    }

    /** Ends the recording. {@return the events of a process, a line each, in the order of time; all there are} */
    List<String> events(int pid) {
        close();
        String text = Target.shell("babeltrace2", directory.toString());
        if (text.contains("discarded")) {
            throw new AssertionError(
                    text.lines().filter(line -> line.contains("discarded")).findFirst());
        }
        return text.lines().filter(line -> line.contains("vpid = " + pid + " ")).toList();
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            lttng("destroy", name);
        }
    }

    private static void lttng(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "lttng";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Target.shell(command);
    }
}
