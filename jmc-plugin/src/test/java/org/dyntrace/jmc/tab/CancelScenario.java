package org.dyntrace.jmc.tab;

import static org.dyntrace.jmc.tab.Stage.attached;
import static org.dyntrace.jmc.tab.Stage.check;

import java.util.List;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.forms.widgets.Section;

/** Requests that take their time: that can be seen, and what is cancelled leaves nothing behind. */
final class CancelScenario implements Scenario {
    @Override
    public void act(Stage stage) throws Exception {
        Screen screen = stage.screen();
        String binary = Program.compiled("e2e_many", stage.directory());
        try (Program many = new Program(binary);
                DaemonConnection truth = stage.truth()) {
            long pid = many.pid();
            truth.daemon().attach(Long.toString(pid));
            Section processes = screen.section(Text.PROCESSES);
            Table list = screen.table(processes);
            screen.type(processes, Text.PROCESSES_FILTER, Long.toString(pid));
            screen.select(list, "the program", row -> row.startsWith(pid + "|"));
            Section tracepoints = screen.section(Text.TRACEPOINTS);
            Shell console = screen.shell(Screen.CONSOLE);
            check("nothing to cancel", !screen.canPress(console, Text.CANCEL));

            // While the daemon stands still, all of this is sure to happen before it has answered.
            add(screen, tracepoints, "function_*", "all");
            screen.await("asked for", () -> stage.calls().count("add") == 1);
            stage.daemon().suspend();
            String doing = Text.DOING_ADD.of("function_*");
            screen.awaitText(doing);
            stage.picture("busy");
            add(screen, tracepoints, "function_1", "next");
            screen.awaitText(Text.MORE_WAIT.of(doing, 1));
            screen.press(console, Text.CANCEL);
            screen.awaitText(Text.DOING_CANCEL.of(doing));
            check("cancelled once", !screen.canPress(console, Text.CANCEL));
            stage.daemon().resume();
            // The one that waited is never asked for; the one that had begun is undone.
            screen.awaitText(Text.CANCELLED.of(Text.DOING_ADD.of("function_1")));
            check("asked for one", stage.calls().count("add") == 1);
            check("removed one", stage.calls().count("remove") == 1);
            check("no tracepoint", truth.process(pid).listTracepoints().isEmpty());
            check("code as before", truth.process(pid).verify().getDifferences().isEmpty());
            Table rows = screen.table(tracepoints);
            check("no row", screen.rows(rows).isEmpty());

            // What can't be undone can't be cancelled once it has begun, but what waits for it can.
            truth.process(pid).add("function_1@e2e_many", false, "one", "count", List.of());
            truth.process(pid).add("function_2@e2e_many", false, "two", "count", List.of());
            screen.await("both", () -> screen.rows(rows).size() == 2);
            screen.selectAll(rows);
            stage.daemon().suspend();
            screen.press(tracepoints, Text.REMOVE);
            screen.await("asked for", () -> stage.calls().count("remove") == 2);
            screen.press(console, Text.CANCEL);
            screen.await("nothing to cancel any more", () -> !screen.canPress(console, Text.CANCEL));
            screen.awaitText(Text.MORE_WAIT.of(Text.DOING_REMOVE.of("one"), 1));
            stage.daemon().resume();
            screen.awaitText(Text.CANCELLED.of(Text.DOING_REMOVE.of("two")));
            screen.await("the one that waited stays", () -> screen.rows(rows).size() == 1);
            check("it stays", truth.process(pid).getTracepoints().equals(List.of("two")));

            // One that fails after it was cancelled has nothing to undo: that is told, and no error pops up.
            stage.daemon().suspend();
            add(screen, tracepoints, "function_3", "two");
            screen.await("asked for", () -> stage.calls().count("add") == 2);
            screen.press(console, Text.CANCEL);
            screen.awaitText(Text.DOING_CANCEL.of(Text.DOING_ADD.of("function_3")));
            stage.daemon().resume();
            screen.awaitText(Text.CANCELLED_FAILED.of(Text.DOING_ADD.of("function_3"), ""));
            check("nothing to undo", stage.calls().count("remove") == 2);
            // An attach that was cancelled leaves no agent, not even when it is only seen to be done later.
            detach(stage, processes);
            screen.awaitRow(list, "detached", row -> row.startsWith(pid + "|e2e_many||"));
            stage.daemon().suspend();
            screen.press(processes, Text.ATTACH);
            screen.await("asked for", () -> stage.calls().count("attach") == 1);
            screen.press(console, Text.CANCEL);
            screen.awaitText(Text.DOING_CANCEL.of(Text.DOING_ATTACH.of("e2e_many")));
            stage.daemon().resume();
            screen.awaitText(Text.CANCELLED.of(Text.DOING_ATTACH.of("e2e_many")));
            check("not attached", !attached(truth, pid));
        }
        progress(stage);
    }

    /** Classes are woven one after the other: how far that is can be seen, and it, too, can be cancelled. */
    private static void progress(Stage stage) throws Exception {
        Screen screen = stage.screen();
        try (Program jvm = Program.java(Counted.class);
                DaemonConnection truth = stage.truth()) {
            long pid = jvm.pid();
            truth.daemon().attach(Long.toString(pid));
            Section processes = screen.section(Text.PROCESSES);
            screen.type(processes, Text.PROCESSES_FILTER, Long.toString(pid));
            screen.press(processes, Text.REFRESH);
            screen.select(screen.table(processes), "the JVM", row -> row.startsWith(pid + "|java|attached|"));
            long before = stage.calls().count("remove");
            add(screen, screen.section(Text.TRACEPOINTS), "java.**", "woven");
            while (truth.process(pid).getProgress().getAll() == 0) {
                if (stage.calls().answered("add") > 1) {
                    throw new AssertionError("done before it was seen");
                }
            }
            jvm.suspend();
            String doing = Text.DOING_ADD.of("java.**");
            screen.awaitText(doing + ": ");
            stage.picture("progress");
            screen.press(screen.shell(Screen.CONSOLE), Text.CANCEL);
            screen.awaitText(Text.DOING_CANCEL.of(doing));
            jvm.resume();
            screen.awaitText(Text.CANCELLED.of(doing));
            check("removed", stage.calls().count("remove") == before + 1);
            check("no tracepoint", truth.process(pid).listTracepoints().isEmpty());
            jvm.ask("calls 1");
        }
    }

    private static void detach(Stage stage, Section processes) {
        Screen screen = stage.screen();
        screen.press(processes, Text.DETACH);
        screen.press(screen.shell(Text.DETACH.of()), "Yes");
        screen.await("detached", () -> stage.calls().answered("detach") > 0);
    }

    private static void add(Screen screen, Section tracepoints, String location, String name) {
        screen.press(tracepoints, Text.ADD);
        Shell wizard = screen.shell(Text.ADD_TITLE.of());
        screen.type(wizard, Text.ADD_LOCATION, location);
        screen.press(wizard, "Next >");
        screen.type(wizard, Text.ADD_NAME, name);
        screen.press(wizard, "Finish");
        screen.awaitGone(wizard);
    }
}
