package org.dyntrace.jmc.tab;

import static org.dyntrace.jmc.tab.Stage.attached;
import static org.dyntrace.jmc.tab.Stage.check;

import java.util.List;
import org.dyntrace.jmc.browser.TraceActions;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.forms.widgets.Section;
import org.openjdk.jmc.common.jvm.Connectable;
import org.openjdk.jmc.common.jvm.JVMArch;
import org.openjdk.jmc.common.jvm.JVMDescriptor;
import org.openjdk.jmc.common.jvm.JVMType;
import org.openjdk.jmc.rjmx.actionprovider.IActionFactory;
import org.openjdk.jmc.rjmx.common.IServerDescriptor;

/**
 * "Trace with dyntrace…" under a JVM of JMC's browser, chosen as JMC does: by the factory that the extension point makes. There is no daemon at first;
 * one comes, is killed, and another one comes: the window stays.
 */
final class WindowScenario implements Scenario {
    private static final String TITLE = "[17] Counted";
    private static final String COMMAND = Counted.class.getName();

    @Override
    public void act(Stage stage) throws Exception {
        Screen screen = stage.screen();
        screen.awaitText(Text.NO_DAEMON.of());
        try (Program program = Program.java(Counted.class)) {
            stage.daemon().kill();
            choose(descriptor(program.pid(), COMMAND));
            Shell window = screen.shell(Text.WINDOW_TITLE.of(TITLE));
            screen.awaitText("No daemon answers in " + stage.rundir());
            screen.awaitText("Start it: dyntraced --daemonize --rundir " + stage.rundir());
            stage.picture("window-without-daemon");

            stage.daemon().start();
            Section processes = screen.section(window, Text.PROCESSES);
            Table list = screen.table(processes);
            screen.press(processes, Text.ATTACH.of());
            try (DaemonConnection truth = stage.truth()) {
                screen.await("attached", () -> attached(truth, program.pid()));
                truth.process(program.pid()).add(Counted.CALLEE, false, "kept", "count", List.of());
            }
            program.ask("calls 3");
            Table tracepoints = screen.table(screen.section(window, Text.TRACEPOINTS));
            screen.awaitRow(tracepoints, "3 hits", row -> row.startsWith("kept|" + Counted.CALLEE + "|count|3|"));
            stage.picture("window");

            stage.daemon().kill();
            screen.awaitText("No daemon answers in " + stage.rundir());
            check("nothing can be pressed", !screen.canReach(screen.section(window, Text.PROCESSES)));
            stage.picture("window-daemon-killed");
            program.ask("calls 2");
            stage.daemon().start();
            screen.awaitRow(tracepoints, "5 hits", row -> row.startsWith("kept|" + Counted.CALLEE + "|count|5|"));
            check("can be pressed again", screen.canReach(processes));
            screen.awaitRow(list, "attached", row -> row.startsWith(program.pid() + "|java|attached|1|jvm|"));

            silence(stage, window);
            screen.ui(() -> {
                window.close();
                return null;
            });
            screen.awaitGone(window);
        }
        choose(descriptor(ProcessHandle.current().pid(), "another.Program"));
        Shell elsewhere = screen.shell(Text.ERROR_TITLE.of());
        screen.awaitText(Text.ELSEWHERE.of(TITLE));
        stage.picture("elsewhere");
        screen.press(elsewhere, "OK");
        screen.awaitGone(elsewhere);
    }

    /** A daemon that is there but does not answer: everything can still be clicked on, and it is said. */
    private static void silence(Stage stage, Shell window) {
        Screen screen = stage.screen();
        stage.daemon().suspend();
        Section processes = screen.section(window, Text.PROCESSES);
        screen.press(processes, Text.REFRESH.of());
        screen.type(screen.section(window, Text.FUNCTIONS), Text.FUNCTIONS_SEARCH, "callee");
        screen.press(screen.section(window, Text.TRACEPOINTS), Text.ADD.of());
        Shell wizard = screen.shell(Text.ADD_TITLE.of());
        screen.type(wizard, Text.ADD_LOCATION, "callee");
        screen.press(wizard, "Cancel");
        screen.awaitGone(wizard);
        screen.press(screen.section(window, Text.RECORDINGS), Text.START.of());
        screen.awaitText("Waiting for the daemon, for ");
        stage.daemon().resume();
        screen.press(screen.shell(Text.RECORD_TITLE.of()), "Cancel");
        screen.await("no word of silence", () -> !screen.ui(screen::everything).contains("Waiting for the daemon"));
    }

    private static IServerDescriptor descriptor(long pid, String command) {
        JVMDescriptor jvm = new JVMDescriptor(
                "17", JVMType.HOTSPOT, JVMArch.BIT64, command, "", "", "", (int) pid, false, Connectable.ATTACHABLE);
        return IServerDescriptor.create("guid", TITLE, jvm);
    }

    private static void choose(IServerDescriptor server) throws CoreException, Exception {
        ((IActionFactory) new TraceActions().create())
                .createAction(() -> server)
                .execute();
    }
}
