package org.dyntrace.jmc.tab;

import org.dyntrace.mbeans.connector.DaemonConnection;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.forms.widgets.Section;

/** 500 processes, and one with 100,000 functions: all of them are scrolled through. */
final class CrowdScenario implements Scenario {
    private static final int PROCESSES = 500;
    private static final int FUNCTIONS = 100_000;

    /** What one event may compute. */
    private static final int WORK_MILLIS = 100;

    /** With what it waits for the X server and the collector of garbage, which a busy machine keeps waiting as well. */
    private static final int PAUSE_MILLIS = 500;

    @Override
    public void act(Stage stage) throws Exception {
        Screen screen = stage.screen();
        String binary = Program.compiled("e2e_many", stage.directory());
        try (Program many = new Program(binary, Integer.toString(PROCESSES));
                DaemonConnection truth = stage.truth()) {
            truth.daemon().attach(Long.toString(many.pid()));
            Section processes = screen.section(Text.PROCESSES);
            Table list = screen.table(processes);
            // Its widgets are made by now, when JMC shows that it opens something.
            screen.await("a process", () -> screen.ui(list::getItemCount) > 0);
            System.out.println("driver: until there " + stage.freezes().longest());
            screen.type(processes, Text.PROCESSES_FILTER, "e2e_many");
            screen.await("the processes", () -> screen.ui(list::getItemCount) == PROCESSES);
            screen.type(processes, Text.PROCESSES_FILTER, "");
            screen.await("all", () -> screen.ui(list::getItemCount) > PROCESSES);
            screen.ui(() -> {
                list.setTopIndex(list.getItemCount() - 1);
                return null;
            });
            screen.type(processes, Text.PROCESSES_FILTER, Long.toString(many.pid()));
            screen.select(list, "the program", row -> row.startsWith(many.pid() + "|"));
            screen.type(processes, Text.PROCESSES_FILTER, "");
            Section functions = screen.section(Text.FUNCTIONS);
            screen.type(functions, Text.FUNCTIONS_SEARCH, "function_");
            Table found = screen.table(functions);
            screen.await(
                    "all functions",
                    () -> screen.ui(() -> {
                        found.setTopIndex(found.getItemCount() - 1);
                        return found.getItemCount() == FUNCTIONS;
                    }));
            check(stage, "with all");
            stage.picture("crowd");
            stage.freezes().longest();
            screen.type(functions, Text.FUNCTIONS_SEARCH, "function_77777");
            screen.await("one function", () -> screen.ui(found::getItemCount) == 1);
            check(stage, "from all to one");
        }
    }

    private static void check(Stage stage, String when) {
        Freezes.Freeze longest = stage.freezes().longest();
        Stage.check(
                "no freeze " + when + ": " + longest, longest.work() < WORK_MILLIS && longest.pause() < PAUSE_MILLIS);
    }
}
