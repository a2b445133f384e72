package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The other two ways of the agent into a program, and its way to the daemon. */
class LoadingTest {
    @Test
    void preloaded() {
        try (Installation dyntrace = Installation.start();
                Program program = Program.start(
                        Map.of(
                                "LD_PRELOAD", Installation.agent().toString(),
                                "DYNTRACE_RUNDIR", dyntrace.rundir().toString()),
                        Program.compile("e2e_story"))) {
            traceWithoutAttach(dyntrace, program);
        }
    }

    @Test
    void linked() {
        try (Installation dyntrace = Installation.start();
                Program program = Program.start(
                        Map.of("DYNTRACE_RUNDIR", dyntrace.rundir().toString()), linkedStory())) {
            traceWithoutAttach(dyntrace, program);
        }
    }

    @Test
    void findsADaemonThatStartsLater() {
        try (Installation dyntrace = Installation.start()) {
            dyntrace.stopDaemon();
            try (Program program =
                    Program.start(Map.of("DYNTRACE_RUNDIR", dyntrace.rundir().toString()), linkedStory())) {
                program.ask("calls 3", "done");
                dyntrace.startDaemon();
                traceWithoutAttach(dyntrace, program);
            }
        }
    }

    @Test
    void preloadedBeforeThereIsADaemon() {
        try (Installation dyntrace = Installation.start()) {
            dyntrace.stopDaemon();
            try (Program program = Program.start(
                    Map.of(
                            "LD_PRELOAD", Installation.agent().toString(),
                            "DYNTRACE_RUNDIR", dyntrace.rundir().toString()),
                    Program.compile("e2e_story"))) {
                program.await("ready");
                program.ask("calls 3", "done");
                dyntrace.startDaemon();
                traceWithoutAttach(dyntrace, program);
                dyntrace.stopDaemon();
                program.ask("calls 3", "done");
                dyntrace.startDaemon();
                traceWithoutAttach(dyntrace, program);
            }
        }
    }

    private static void traceWithoutAttach(Installation dyntrace, Program program) {
        program.await("ready");
        Waiting.until(
                20,
                () -> "the agent finds the daemon: " + dyntrace.ok("list-processes"),
                () -> dyntrace.ok("list-processes", "--json").contains("\"pid\":" + program.pid() + ","));
        String name = dyntrace.ok("add", program.pid() + ":callee", "-e", "count");
        program.ask("calls 500", "done");
        assertEquals(new Counts(500, 500, 0), dyntrace.counts(program, name));
        dyntrace.ok("rm", program.pid() + ":" + name);
        ProgramText.assertAsInFiles(program);
    }

    private static Path linkedStory() {
        String directory = Installation.agent().getParent().toString();
        return Program.compile(
                "e2e_story", "-L" + directory, "-Wl,--no-as-needed", "-ldyntrace-agent", "-Wl,-rpath," + directory);
    }
}
