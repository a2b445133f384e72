package org.dyntrace.daemon.jmx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Whether an LTTng session daemon runs that a process would register with. */
final class LttngSessions {
    private LttngSessions() {}

    static void check(ProcessId process) {
        for (Path pidFile : pidFiles(process)) {
            try {
                long pid = Long.parseLong(Files.readString(pidFile).trim());
                if (Files.exists(Path.of("/proc/" + pid))) {
                    return;
                }
            } catch (IOException | NumberFormatException e) {
                continue;
            }
        }
        throw new Failure(
                Reason.LTTNG_NO_SESSIOND,
                "No LTTng session daemon runs that process " + process.pid() + " would send its events to.",
                "Start one with 'lttng-sessiond --daemonize' (Debian package lttng-tools), then create a session: "
                        + "lttng create; lttng enable-event -u 'dyntrace_lttng:*'; lttng start.");
    }

    /** The one of root serves everybody; others serve their own user. */
    private static List<Path> pidFiles(ProcessId process) {
        List<Path> files = new ArrayList<>();
        files.add(Path.of("/var/run/lttng/lttng-sessiond.pid"));
        try {
            String environment =
                    Files.readString(Path.of("/proc/" + process.pid() + "/environ"), StandardCharsets.ISO_8859_1);
            for (String variable : environment.split("\0")) {
                if (variable.startsWith("HOME=/") || variable.startsWith("LTTNG_HOME=/")) {
                    files.add(Path.of(variable.substring(variable.indexOf('=') + 1), ".lttng", "lttng-sessiond.pid"));
                }
            }
        } catch (IOException gone) {
            return files;
        }
        return files;
    }
}
