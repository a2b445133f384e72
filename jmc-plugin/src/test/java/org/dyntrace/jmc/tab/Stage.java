package org.dyntrace.jmc.tab;

import java.nio.file.Path;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;

/**
 * What a scenario has to work with.
 *
 * @param screen what the user sees
 * @param rundir the daemon's run directory
 * @param directory for files, deleted at the end
 * @param pictures where pictures of the screen are kept
 * @param freezes how long the user interface did not react
 * @param calls of the tab to MBeans
 * @param daemon the daemon
 */
record Stage(
        Screen screen,
        Path rundir,
        Path directory,
        Path pictures,
        Freezes freezes,
        UserThread calls,
        DaemonProcess daemon) {
    /** {@return a connection to the daemon beside that of the tab: what it says is so} */
    DaemonConnection truth() {
        return DaemonConnection.open(rundir);
    }

    /** Keeps a picture of what is to be seen now. */
    void picture(String name) {
        screen.picture(pictures.resolve(name + ".png"));
    }

    static boolean attached(DaemonConnection truth, long pid) {
        return truth.daemon().listProcesses().stream().anyMatch(each -> each.getPid() == pid);
    }

    static TracepointInfo tracepoint(DaemonConnection truth, long pid, String name) {
        return truth.process(pid).listTracepoints().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no tracepoint " + name));
    }

    static void check(String what, boolean so) {
        if (!so) {
            throw new AssertionError("not so: " + what);
        }
        System.out.println("driver: " + what);
    }
}
