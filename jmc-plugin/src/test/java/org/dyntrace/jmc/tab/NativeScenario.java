package org.dyntrace.jmc.tab;

import static org.dyntrace.jmc.tab.Stage.attached;
import static org.dyntrace.jmc.tab.Stage.check;
import static org.dyntrace.jmc.tab.Stage.tracepoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.forms.widgets.Section;

/** A native program: from attach to detach, with every button and field that there is for one. */
final class NativeScenario implements Scenario {
    private static final String NAME = "e2e_story";

    @Override
    public void act(Stage stage) throws Exception {
        String binary = Program.compiled(NAME, stage.directory());
        try (DaemonConnection truth = stage.truth();
                Program program = new Program(binary)) {
            attach(stage, truth, program);
            click(stage, truth, program);
            fill(stage, truth, program);
            fail(stage);
            remove(stage, truth, program);
            detach(stage, truth, program);
            refresh(stage);
        }
    }

    private static void attach(Stage stage, DaemonConnection truth, Program program) {
        Screen screen = stage.screen();
        long pid = program.pid();
        Section processes = screen.section(Text.PROCESSES);
        Table list = screen.table(processes);
        screen.type(processes, Text.PROCESSES_FILTER, Long.toString(pid));
        screen.select(list, "the program", row -> row.startsWith(pid + "|" + NAME + "|"));
        check("no functions yet", !screen.canPress(screen.section(Text.FUNCTIONS), Text.ADD));
        check("no tracepoints yet", !screen.canPress(screen.section(Text.TRACEPOINTS), Text.ADD));
        check("nothing to detach", !screen.canPress(processes, Text.DETACH));
        screen.press(processes, Text.ATTACH);
        screen.awaitRow(list, "attached", row -> row.startsWith(pid + "|" + NAME + "|attached|0|native|"));
        check("attached", attached(truth, pid));
        check("nothing to attach", !screen.canPress(processes, Text.ATTACH));
    }

    /** A function that is clicked on, its hits and its rate; disabled and enabled. */
    private static void click(Stage stage, DaemonConnection truth, Program program) throws Exception {
        Screen screen = stage.screen();
        long pid = program.pid();
        Section functions = screen.section(Text.FUNCTIONS);
        Table found = screen.table(functions);
        screen.type(functions, Text.FUNCTIONS_SEARCH, "/(/");
        screen.awaitText("holds no regular expression");
        screen.type(functions, Text.FUNCTIONS_SEARCH, "callee");
        screen.select(found, "callee", row -> row.startsWith("callee|" + NAME + "|0x"));
        screen.awaitText(Text.FUNCTIONS_FOUND.of("1"));
        screen.press(functions, Text.ADD);
        Shell wizard = screen.shell(Text.ADD_TITLE.of());
        screen.awaitRow(screen.table(wizard), "the plan", row -> row.startsWith("callee|" + NAME + "|jump"));
        stage.picture("wizard-where");
        screen.press(wizard, "Next >");
        screen.type(wizard, Text.ADD_NAME, "clicked");
        screen.press(wizard, "Finish");
        screen.awaitGone(wizard);
        Section tracepoints = screen.section(Text.TRACEPOINTS);
        Table rows = screen.table(tracepoints);
        screen.awaitRow(rows, "placed", row -> row.startsWith("clicked|callee@" + NAME + "|count|0|"));
        screen.awaitText(Text.ADDED.of("clicked", "1", "0"));
        program.ask("calls 7");
        screen.awaitRow(rows, "7 hits", row -> row.startsWith("clicked|callee@" + NAME + "|count|7|"));
        check("7 hits", tracepoint(truth, pid, "clicked").getHits() == 7);

        screen.select(rows, "clicked", row -> row.startsWith("clicked|"));
        program.ask("spin 1");
        screen.awaitRow(rows, "a rate", row -> row.split("\\|")[4].length() > 4);
        stage.picture("spinning");
        program.ask("stop");

        check("nothing to enable", !screen.canPress(tracepoints, Text.ENABLE));
        screen.press(tracepoints, Text.DISABLE);
        screen.awaitRow(rows, "disabled", row -> row.endsWith("|disabled"));
        long before = tracepoint(truth, pid, "clicked").getHits();
        program.ask("calls 5");
        check("no hits", tracepoint(truth, pid, "clicked").getHits() == before);
        check("nothing to disable", !screen.canPress(tracepoints, Text.DISABLE));
        screen.press(tracepoints, Text.ENABLE);
        screen.awaitRow(rows, "enabled", row -> row.endsWith("|enabled"));
        program.ask("calls 5");
        check("5 hits", tracepoint(truth, pid, "clicked").getHits() == before + 5);
    }

    /** Every field of the wizard: what can't be is told before it is asked for, what is filled in is what is placed. */
    private static void fill(Stage stage, DaemonConnection truth, Program program) throws Exception {
        Screen screen = stage.screen();
        Section functions = screen.section(Text.FUNCTIONS);
        screen.open(screen.table(functions), "callee", row -> row.startsWith("callee|"));
        Shell abandoned = screen.shell(Text.ADD_TITLE.of());
        screen.press(abandoned, "Cancel");
        screen.awaitGone(abandoned);

        screen.press(screen.section(Text.TRACEPOINTS), Text.ADD);
        Shell wizard = screen.shell(Text.ADD_TITLE.of());
        check("no location yet", !screen.canPress(wizard, "Next >") && !screen.canPress(wizard, "Finish"));
        screen.type(wizard, Text.ADD_LOCATION, "/(/");
        screen.awaitText("holds no regular expression");
        check("no location", !screen.canPress(wizard, "Next >") && !screen.canPress(wizard, "Finish"));
        screen.type(wizard, Text.ADD_LOCATION, "no_such_function");
        screen.awaitText(Text.ADD_PLAN_NOTHING.of());
        screen.type(wizard, Text.ADD_LOCATION, "recursion");
        screen.press(wizard, Text.ADD_ENTRY_EXIT);
        screen.awaitRow(screen.table(wizard), "the plan", row -> row.startsWith("recursion|" + NAME + "|jump"));
        screen.press(wizard, "Next >");
        screen.type(wizard, Text.ADD_NAME, "no name");
        screen.await("no such name", () -> !screen.canPress(wizard, "Finish"));
        screen.type(wizard, Text.ADD_NAME, "pairs");
        screen.choose(wizard, Text.ADD_TRACER, Text.TRACER_LOG.of());
        screen.type(wizard, Text.ADD_FILE, "here");
        screen.awaitText(Text.PATH_ABSOLUTE.of());
        check("no such path", !screen.canPress(wizard, "Finish"));
        Path file = stage.directory().resolve("pairs.log");
        screen.type(wizard, Text.ADD_FILE, file.toString());
        stage.picture("wizard-what");
        screen.press(wizard, "< Back");
        screen.press(wizard, "Next >");
        screen.press(wizard, "Finish");
        screen.awaitGone(wizard);
        Table rows = screen.table(screen.section(Text.TRACEPOINTS));
        screen.awaitRow(rows, "placed", row -> row.startsWith("pairs|recursion|log " + file + "|0|"));
        program.ask("recurse 4");
        screen.awaitRow(
                rows,
                "4 exits",
                row -> row.startsWith("pairs|recursion|log " + file + "|4|") && row.split("\\|")[5].equals("4"));
        TracepointInfo pairs = tracepoint(truth, program.pid(), "pairs");
        check("4 pairs", pairs.isEntryExit() && pairs.getHits() == 4 && pairs.getExits() == 4);
        check("8 lines", Files.readAllLines(file).size() == 8);
    }

    /** The name is taken: the daemon's words come in a dialog, with what to do, and nothing of what was thrown. */
    private static void fail(Stage stage) {
        Screen screen = stage.screen();
        screen.press(screen.section(Text.TRACEPOINTS), Text.ADD);
        Shell wizard = screen.shell(Text.ADD_TITLE.of());
        screen.type(wizard, Text.ADD_LOCATION, "callee");
        screen.press(wizard, "Next >");
        screen.type(wizard, Text.ADD_NAME, "pairs");
        screen.press(wizard, "Finish");
        Shell error = screen.shell(Text.ERROR_TITLE.of());
        screen.awaitText("(NAME_TAKEN)");
        stage.picture("error");
        String seen = screen.ui(screen::everything);
        check("what was asked for", seen.contains(Text.DOING_ADD.of("callee")));
        check("no exception", !seen.contains("Exception") && !seen.contains("\tat "));
        check("no details", !screen.canPress(error, "Details >>"));
        screen.press(error, "OK");
        screen.awaitGone(error);
    }

    private static void remove(Stage stage, DaemonConnection truth, Program program) {
        Screen screen = stage.screen();
        Section tracepoints = screen.section(Text.TRACEPOINTS);
        Table rows = screen.table(tracepoints);
        screen.selectAll(rows);
        // Somebody else was quicker with one of them; the other one is removed all the same.
        screen.press(
                tracepoints,
                Text.REMOVE.of(),
                () -> truth.process(program.pid()).remove("clicked"));
        Shell error = screen.shell(Text.ERROR_TITLE.of());
        screen.press(error, "OK");
        screen.awaitGone(error);
        screen.await("no tracepoint", () -> screen.rows(rows).isEmpty());
        check("nothing to remove", !screen.canPress(tracepoints, Text.REMOVE));
        check("none left", truth.process(program.pid()).listTracepoints().isEmpty());
        check(
                "code as before",
                truth.process(program.pid()).verify().getDifferences().isEmpty());
    }

    private static void detach(Stage stage, DaemonConnection truth, Program program) throws Exception {
        Screen screen = stage.screen();
        long pid = program.pid();
        Section processes = screen.section(Text.PROCESSES);
        Table list = screen.table(processes);
        for (String answer : List.of("No", "Yes")) {
            screen.press(processes, Text.DETACH);
            Shell sure = screen.shell(Text.DETACH.of());
            screen.press(sure, answer);
            screen.awaitGone(sure);
            check(answer, answer.equals("Yes") || attached(truth, pid));
        }
        screen.awaitRow(list, "detached", row -> row.startsWith(pid + "|" + NAME + "||"));
        check("detached", !attached(truth, pid));
        check("nothing to press", !screen.canPress(screen.section(Text.TRACEPOINTS), Text.ADD));
        program.ask("calls 1");
        // Two clicks on a process attach as well.
        screen.open(list, "the program", row -> row.startsWith(pid + "|"));
        screen.awaitRow(list, "attached", row -> row.startsWith(pid + "|" + NAME + "|attached|"));
        check("attached again", attached(truth, pid));
    }

    /** By itself it is listed each five seconds. */
    private static void refresh(Stage stage) {
        Screen screen = stage.screen();
        long before = stage.calls().count("listAttachable");
        screen.await("a listing", () -> stage.calls().count("listAttachable") > before);
        long pressed = System.nanoTime();
        screen.press(screen.section(Text.PROCESSES), Text.REFRESH);
        screen.await("another listing", () -> stage.calls().count("listAttachable") > before + 1);
        long millis = (System.nanoTime() - pressed) / 1_000_000;
        check("at once: " + millis + " ms", millis < 3000);
    }
}
