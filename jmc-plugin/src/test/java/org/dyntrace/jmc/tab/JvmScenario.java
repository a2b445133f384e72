package org.dyntrace.jmc.tab;

import static org.dyntrace.jmc.tab.Stage.attached;
import static org.dyntrace.jmc.tab.Stage.check;
import static org.dyntrace.jmc.tab.Stage.tracepoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordingFile;
import org.dyntrace.mbeans.RecordedJvmInfo;
import org.dyntrace.mbeans.RecordingInfo;
import org.dyntrace.mbeans.TracepointInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.ui.forms.widgets.Section;

/** A JVM: a tracepoint of each tracer on its methods, and recordings, whose files others read. */
final class JvmScenario implements Scenario {
    private static final int CALLS = 10;

    @Override
    public void act(Stage stage) throws Exception {
        if (run("lttng", "--no-sessiond", "list") != 0) {
            check("a session daemon", run("lttng-sessiond", "--daemonize") == 0);
        }
        try (DaemonConnection truth = stage.truth();
                Program program = Program.java(Counted.class)) {
            attach(stage, truth, program);
            record(stage, truth, program);
            snapshot(stage, truth, program);
            leaveOut(stage, truth);
            leave(stage, truth, program);
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static void attach(Stage stage, DaemonConnection truth, Program program) {
        Screen screen = stage.screen();
        long pid = program.pid();
        Section processes = screen.section(Text.PROCESSES);
        Table list = screen.table(processes);
        screen.type(processes, Text.PROCESSES_FILTER, Counted.class.getName());
        screen.select(list, "the JVM", row -> row.startsWith(pid + "|java|"));
        screen.press(processes, Text.ATTACH);
        screen.awaitRow(list, "attached", row -> row.startsWith(pid + "|java|attached|0|jvm|"));
        check("attached", attached(truth, pid));

        Section functions = screen.section(Text.FUNCTIONS);
        screen.type(functions, Text.FUNCTIONS_SEARCH, "Counted.callee");
        screen.select(screen.table(functions), "the method", row -> row.startsWith(Counted.CALLEE + "|"));
        screen.awaitText(Text.FUNCTIONS_FOUND.of("2"));
        screen.press(functions, Text.ADD);
        Shell wizard = screen.shell(Text.ADD_TITLE.of());
        screen.awaitRow(
                screen.table(wizard),
                "the plan",
                row -> row.startsWith(Counted.CALLEE + "|") && row.endsWith("|bytecode"));
        stage.picture("wizard-java");
        place(screen, "counted", Text.TRACER_COUNT, "", false);
        add(
                screen,
                Counted.CALLEE,
                false,
                "written",
                Text.TRACER_LOG,
                log(stage).toString(),
                false);
        add(screen, Counted.CALLEE, false, "traced", Text.TRACER_LTTNG, "", false);
        add(screen, Counted.CALLEE, false, "flown", Text.TRACER_JFR, "", false);
        add(screen, Counted.CALLER, true, "both", Text.TRACER_LTTNG, "", true);
        Table rows = screen.table(screen.section(Text.TRACEPOINTS));
        screen.await("all", () -> screen.rows(rows).size() == 5);
        check("both", tracepoint(truth, pid, "both").getArguments().equals(List.of("--jfr")));
    }

    private static Path log(Stage stage) {
        return stage.directory().resolve("written.log");
    }

    private static void add(
            Screen screen, String location, boolean pairs, String name, Text tracer, String file, boolean jfr) {
        screen.press(screen.section(Text.TRACEPOINTS), Text.ADD);
        Shell wizard = screen.shell(Text.ADD_TITLE.of());
        screen.type(wizard, Text.ADD_LOCATION, location);
        if (pairs) {
            screen.press(wizard, Text.ADD_ENTRY_EXIT);
        }
        place(screen, name, tracer, file, jfr);
    }

    /** The second page of the wizard. */
    private static void place(Screen screen, String name, Text tracer, String file, boolean jfr) {
        Shell wizard = screen.shell(Text.ADD_TITLE.of());
        screen.press(wizard, "Next >");
        screen.type(wizard, Text.ADD_NAME, name);
        screen.choose(wizard, Text.ADD_TRACER, tracer.of());
        if (!file.isEmpty()) {
            screen.type(wizard, Text.ADD_FILE, file);
        }
        check("a JFR event as well", screen.canPress(wizard, Text.ADD_JFR) == (tracer != Text.TRACER_JFR));
        if (jfr) {
            screen.press(wizard, Text.ADD_JFR);
        }
        screen.press(wizard, "Finish");
        screen.awaitGone(wizard);
        Table rows = screen.table(screen.section(Text.TRACEPOINTS));
        screen.awaitRow(rows, name, row -> row.startsWith(name + "|") && row.endsWith("|1|0|enabled"));
    }

    /** From start to stop; each tracer has done what it is for, as often as the method was called. */
    private static void record(Stage stage, DaemonConnection truth, Program program) throws Exception {
        Screen screen = stage.screen();
        Section recordings = screen.section(Text.RECORDINGS);
        check("nothing to stop", !screen.canPress(recordings, Text.STOP));
        screen.press(recordings, Text.START);
        Shell wizard = screen.shell(Text.RECORD_TITLE.of());
        screen.type(wizard, Text.RECORD_DIRECTORY, "here");
        screen.awaitText(Text.PATH_ABSOLUTE.of());
        check("no such path", !screen.canPress(wizard, "Finish"));
        Path to = stage.directory().resolve("recorded");
        screen.type(wizard, Text.RECORD_DIRECTORY, to.toString());
        screen.type(wizard, Text.RECORD_NAME, "");
        check("no name", !screen.canPress(wizard, "Finish"));
        screen.type(wizard, Text.RECORD_NAME, "story");
        screen.choose(wizard, Text.RECORD_SETTINGS, "profile");
        screen.number(wizard, Text.RECORD_LIMIT, 100);
        screen.awaitRow(screen.table(wizard), "the JVM", row -> row.startsWith(program.pid() + " "));
        stage.picture("wizard-record");
        screen.press(wizard, "Finish");
        screen.awaitGone(wizard);
        Table list = screen.table(recordings);
        screen.awaitRow(list, "listed", row -> row.startsWith("story|" + to + "|"));
        RecordingInfo story = truth.daemon().listRecordings().get(0);
        check("limit", story.getLimit() == 100L * 1024 * 1024);
        check(
                "with the JVM",
                story.getJvms().stream().map(RecordedJvmInfo::getPid).toList().equals(List.of((int) program.pid())));
        check("nothing to wait for", screen.canPress(recordings, Text.START));
        screen.select(list, "it", row -> row.startsWith("story|"));
        check("no snapshots of files", !screen.canPress(recordings, Text.SNAPSHOT));

        program.ask("calls " + CALLS);
        Table rows = screen.table(screen.section(Text.TRACEPOINTS));
        screen.await(
                "hits of all",
                () -> screen.rows(rows).stream().allMatch(row -> row.split("\\|")[3].equals("" + CALLS)));
        stage.picture("jvm");
        for (TracepointInfo each : truth.process(program.pid()).listTracepoints()) {
            check(each.getName(), each.getHits() == CALLS && each.getLost() == 0);
        }
        check("lines", Files.readAllLines(log(stage)).size() == CALLS);

        screen.press(recordings, Text.STOP);
        screen.awaitText(Text.NOTE.of("story", to.toString()));
        screen.await("none", () -> screen.rows(list).isEmpty());
        check("none goes on", truth.daemon().listRecordings().isEmpty());
        Map<String, Long> lttng = lttng(to, program);
        System.out.println("driver: " + lttng);
        check("hits", lttng.get("dyntrace_lttng:tracepoint_hit") == CALLS);
        check("entries", lttng.get("dyntrace_lttng:function_entry") == CALLS);
        check("exits", lttng.get("dyntrace_lttng:function_exit") == CALLS);
        Map<String, Long> jfr = jfr(to.resolve(program.pid() + ".jfr"));
        check("JFR hits " + jfr, jfr.get("dyntrace.TracepointHit") == CALLS);
        check("JFR calls " + jfr, jfr.get("dyntrace.FunctionCall") == CALLS);
    }

    /** One that keeps the latest in memory, until it is asked for. */
    private static void snapshot(Stage stage, DaemonConnection truth, Program program) throws Exception {
        Screen screen = stage.screen();
        Section recordings = screen.section(Text.RECORDINGS);
        screen.press(recordings, Text.START);
        Shell wizard = screen.shell(Text.RECORD_TITLE.of());
        screen.type(wizard, Text.RECORD_NAME, "always");
        screen.press(wizard, "Finish");
        screen.awaitGone(wizard);
        Table list = screen.table(recordings);
        screen.select(list, "listed", row -> row.startsWith("always|" + Text.RECORDING_MEMORY.of() + "|"));
        program.ask("calls " + CALLS);
        for (boolean real : new boolean[] {false, true}) {
            screen.press(recordings, Text.SNAPSHOT);
            Shell dialog = screen.shell(Text.SNAPSHOT_TITLE.of());
            check("no path yet", !screen.canPress(dialog, "OK"));
            Path to = stage.directory().resolve("snapshot");
            screen.type(dialog, Text.SNAPSHOT_DIRECTORY, to.toString());
            screen.press(dialog, real ? "OK" : "Cancel");
            screen.awaitGone(dialog);
            if (real) {
                screen.await("written", () -> Files.exists(to.resolve(program.pid() + ".jfr")));
                screen.await("done", () -> stage.calls().answered("snapshotRecording") > 0);
                check("hits", lttng(to, program).get("dyntrace_lttng:tracepoint_hit") == CALLS);
                check("JFR hits", jfr(to.resolve(program.pid() + ".jfr")).get("dyntrace.TracepointHit") == CALLS);
            }
        }
        screen.press(recordings, Text.STOP);
        screen.await("none", () -> screen.rows(list).isEmpty());
        check("none goes on", truth.daemon().listRecordings().isEmpty());
    }

    /** A JVM that is not to take part. */
    private static void leaveOut(Stage stage, DaemonConnection truth) {
        Screen screen = stage.screen();
        Section recordings = screen.section(Text.RECORDINGS);
        screen.press(recordings, Text.START);
        Shell wizard = screen.shell(Text.RECORD_TITLE.of());
        screen.uncheckAll(screen.table(wizard));
        screen.press(wizard, "Finish");
        screen.awaitGone(wizard);
        Table list = screen.table(recordings);
        screen.select(list, "listed", row -> row.contains(Text.RECORDING_MEMORY.of()));
        check(
                "without the JVM",
                truth.daemon().listRecordings().get(0).getJvms().isEmpty());
        screen.press(recordings, Text.STOP);
        screen.await("none", () -> screen.rows(list).isEmpty());
    }

    private static void leave(Stage stage, DaemonConnection truth, Program program) throws Exception {
        Screen screen = stage.screen();
        long pid = program.pid();
        Section tracepoints = screen.section(Text.TRACEPOINTS);
        Table rows = screen.table(tracepoints);
        screen.selectAll(rows);
        screen.press(tracepoints, Text.DISABLE);
        screen.await("all disabled", () -> screen.rows(rows).stream().allMatch(row -> row.endsWith("|disabled")));
        long before = tracepoint(truth, pid, "counted").getHits();
        program.ask("calls 5");
        check("no hits", tracepoint(truth, pid, "counted").getHits() == before);
        screen.press(tracepoints, Text.ENABLE);
        screen.await("all enabled", () -> screen.rows(rows).stream().allMatch(row -> row.endsWith("|enabled")));
        program.ask("calls 5");
        check("5 hits", tracepoint(truth, pid, "counted").getHits() == before + 5);
        screen.press(tracepoints, Text.REMOVE);
        screen.await("no tracepoint", () -> screen.rows(rows).isEmpty());
        check("none left", truth.process(pid).listTracepoints().isEmpty());
        Section processes = screen.section(Text.PROCESSES);
        screen.press(processes, Text.DETACH);
        screen.press(screen.shell(Text.DETACH.of()), "Yes");
        screen.awaitRow(screen.table(processes), "detached", row -> row.startsWith(pid + "|java||"));
        check("detached", !attached(truth, pid));
        program.ask("calls 1");
    }

    /** What the program has emitted; others of the machine may be traced as well. */
    private static Map<String, Long> lttng(Path trace, Program program) throws IOException, InterruptedException {
        Process babeltrace = new ProcessBuilder("babeltrace2", trace.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = babeltrace.inputReader()) {
            Map<String, Long> counts = lines.lines()
                    .filter(line -> line.matches(".*vpid = " + program.pid() + "[, ].*"))
                    .map(line -> line.replaceAll(".* (\\w+:\\w+): \\{.*", "$1"))
                    .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
            check("babeltrace2 reads it", babeltrace.waitFor() == 0);
            return counts;
        }
    }

    private static Map<String, Long> jfr(Path file) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .map(event -> event.getEventType().getName())
                .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
    }
}
