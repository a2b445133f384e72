package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Daemons come and go; targets run on. */
class DaemonLifeTest {
    @Test
    void aNewDaemonRemovesWhatAKilledOnePlaced() {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            Path log = dyntrace.file("log");
            dyntrace.ok("add", program.pid() + ":callee", "-n", "logged", "-e", "log", log);
            dyntrace.ok("add", program.pid() + ":guarded", "count");
            program.ask("calls 10", "done");

            dyntrace.killDaemon();
            program.ask("calls 10", "done");
            program.ask("jump 5", "done 0");
            assertEquals(20, LogLines.of(log).count("exit", "logged"));

            dyntrace.startDaemon();
            dyntrace.awaitListed(program);
            assertEquals(new Counts(20, 20, 0), dyntrace.counts(program, "logged"));
            assertEquals(new Counts(5, 0, 0), dyntrace.counts(program, "tp-0"));
            assertEquals("tp-1", dyntrace.ok("add", program.pid() + ":callee", "count"));
            program.ask("threads 2 50", "done");
            assertEquals(new Counts(100, 0, 0), dyntrace.counts(program, "tp-1"));
            for (String name : new String[] {"logged", "tp-0", "tp-1"}) {
                dyntrace.ok("rm", program.pid() + ":" + name);
            }
            ProgramText.assertAsInFiles(program);
            program.ask("calls 10", "done");
            assertEquals(120, LogLines.of(log).count("entry", "logged"));
        }
    }

    @Test
    void stoppingTheDaemonLeavesTargetsAsTheyAre() {
        try (Installation dyntrace = Installation.start();
                Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            String name = dyntrace.ok("add", program.pid() + ":callee", "count");
            dyntrace.stopDaemon();
            assertEquals(3, dyntrace.run("list-processes").exitCode());
            program.ask("calls 10", "done");
            dyntrace.startDaemon();
            dyntrace.awaitListed(program);
            assertEquals(new Counts(10, 0, 0), dyntrace.counts(program, name));
        }
    }

    @Test
    void onlyOneDaemonInARunDirectory() {
        try (Installation dyntrace = Installation.start()) {
            Result second = Shell.run(
                    Installation.launcher("dyntraced"),
                    "--rundir",
                    dyntrace.rundir().toString());
            assertEquals(1, second.exitCode(), second::toString);
            assertTrue(second.err().contains("daemon"), second::toString);
            Result background = Shell.run(
                    Installation.launcher("dyntraced"),
                    "--daemonize",
                    "--rundir",
                    dyntrace.rundir().toString());
            assertEquals(1, background.exitCode(), background::toString);
            dyntrace.ok("list-processes");
        }
    }

    @Test
    void daemonizeReturnsWhenItServes() {
        try (Installation dyntrace = Installation.start()) {
            dyntrace.stopDaemon();
            Shell.run(
                            Installation.launcher("dyntraced"),
                            "--daemonize",
                            "--rundir",
                            dyntrace.rundir().toString())
                    .ok();
            dyntrace.ok("list-processes");
            endBackgroundDaemon(dyntrace);
        }
    }

    private static void endBackgroundDaemon(Installation dyntrace) {
        String rundir = dyntrace.rundir().toString();
        ProcessHandle.allProcesses()
                .filter(process -> process.info().arguments().stream()
                        .anyMatch(words -> String.join(" ", words).contains(rundir)))
                .forEach(ProcessHandle::destroy);
        Waiting.until(
                30,
                () -> "the daemon ends",
                () -> dyntrace.run("list-processes").exitCode() == 3);
    }
}
