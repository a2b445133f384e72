package org.dyntrace.jmc.tab;

import org.dyntrace.mbeans.connector.DaemonConnection;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.forms.widgets.Section;

/** 500 processes, and one with 100,000 functions: all of them are scrolled through. */
final class CrowdScenario implements Scenario {
    private static final int PROCESSES = 500;
    private static final int FUNCTIONS = 100_000;

    @Override
    public void act(Stage stage) throws Exception {
        Screen screen = stage.screen();
        String binary = Program.compiled("e2e_many", stage.directory());
        try (Program many = new Program(binary, Integer.toString(PROCESSES));
                DaemonConnection truth = stage.truth()) {
            truth.daemon().attach(Long.toString(many.pid()));
            Section processes = screen.section(Text.PROCESSES);
            Table list = screen.table(processes);
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
            scroll(stage, found, true, "function_99999");
            screen.awaitText(Text.FUNCTIONS_FOUND.of(Numbers.count(FUNCTIONS)));
            stage.picture("crowd");
            staysInSight(stage, found);
            scroll(stage, found, false, "function_0");
            screen.type(functions, Text.FUNCTIONS_SEARCH, "function_77777");
            screen.await("one function", () -> screen.ui(found::getItemCount) == 1);
            // Closed with as many as there can be.
            screen.type(functions, Text.FUNCTIONS_SEARCH, "function_");
            scroll(stage, found, true, "function_99999");
        }
    }

    private static void scroll(Stage stage, Table table, boolean down, String to) {
        stage.freezes().during("scrolling to " + to);
        stage.screen()
                .await(
                        to,
                        () -> stage.screen().ui(() -> {
                            int end = down ? table.getItemCount() - 1 : 0;
                            table.setTopIndex(end);
                            return table.getItemCount() > 0
                                    && table.getItem(end).getText().equals(to);
                        }));
    }

    /** Rows that come above push nothing away. */
    private static void staysInSight(Stage stage, Table table) {
        Screen screen = stage.screen();
        String first = screen.ui(() -> {
            table.setTopIndex(0);
            return table.getItem(1).getText();
        });
        screen.await(
                "earlier ones",
                () -> !screen.ui(() -> table.getItem(1).getText()).equals(first));
        Stage.check(
                "what was in sight is",
                screen.ui(() -> table.getItem(table.getTopIndex() + 1).getText())
                        .equals(first));
    }
}
