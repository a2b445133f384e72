package org.dyntrace.jmc.tab;

import static org.dyntrace.jmc.tab.Stage.check;

import org.eclipse.ui.forms.widgets.Section;

/** The daemon is killed while its console is open: that one ends with it, so the tab tells which to open. */
final class DeadDaemonScenario implements Scenario {
    @Override
    public void act(Stage stage) {
        Screen screen = stage.screen();
        Section processes = screen.section(Text.PROCESSES);
        screen.await("processes", () -> !screen.rows(screen.table(processes)).isEmpty());
        screen.awaitText(Text.DAEMON.of("0.1.0", Long.toString(stage.daemon().pid())));
        check("can be used", screen.canReach(processes) && screen.canPress(processes, Text.REFRESH));
        stage.daemon().kill();
        screen.awaitText(Text.LOST_CONSOLE.of("The connection to the daemon broke."));
        check("nothing can be pressed", !screen.canReach(processes) && !screen.canPress(processes, Text.REFRESH));
        check("what was seen stays", !screen.rows(screen.table(processes)).isEmpty());
        stage.picture("console-daemon-killed");
        // Another daemon is another JVM's console; this one neither takes nor disturbs it.
        stage.daemon().start();
        screen.awaitText(Text.LOST_CONSOLE.of("The connection to the daemon broke."));
    }
}
