package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dyntrace.mbeans.ProcessInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What traced programs do with themselves is noticed at once: they end, become other programs, or have children. */
class ProcessLifeTest {
    /** Seconds; less than any interval in which someone might look again. */
    private static final int AT_ONCE = 2;

    private Installation dyntrace;
    private DaemonConnection daemon;

    @BeforeEach
    void start() {
        dyntrace = Installation.start();
        daemon = DaemonConnection.open(RunDirectory.forClient(Optional.of(dyntrace.rundir()), false));
    }

    @AfterEach
    void end() {
        daemon.close();
        dyntrace.close();
    }

    @Test
    void anExit() {
        try (Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            assertEquals(List.of("e2e_story"), namesOf(program.pid()));
            program.signal("KILL");
            program.awaitExit();
            awaitNames(program.pid());
        }
    }

    @Test
    void anExec() {
        try (Program shell = Program.start("/bin/bash", "--norc")) {
            shell.ask("echo rea''dy", "ready");
            dyntrace.attach(shell);
            dyntrace.ok("add", shell.pid() + ":cd_builtin", "-e", "count");
            assertEquals(List.of("bash"), namesOf(shell.pid()));
            shell.send("exec sleep 1000");
            // The new program has no agent.
            awaitNames(shell.pid());
            assertTrue(shell.isAlive());
            dyntrace.attach(shell);
            awaitNames(shell.pid(), "sleep");
        }
    }

    @Test
    void anExecWithTheAgentPreloaded() {
        try (Program shell = Program.start(preload(), "/bin/bash", "--norc")) {
            awaitFirst(shell, "bash");
            dyntrace.ok("add", shell.pid() + ":cd_builtin", "count");
            shell.send("exec sleep 1000");
            awaitNames(shell.pid(), "sleep");
            assertEquals(Map.of(), dyntrace.counts(shell));
        }
    }

    @Test
    void aChildIsAProcessOfItsOwn() {
        try (Program shell = Program.start("/bin/bash", "--norc")) {
            shell.ask("echo rea''dy", "ready");
            dyntrace.attach(shell);
            dyntrace.ok("add", shell.pid() + ":cd_builtin", "-n", "cd", "-e", "count");
            shell.ask("cd /; cd /; echo do''ne", "done");
            String said =
                    shell.ask("(cd /; cd /; cd /; read -r -t 1000 line <> <(:)) & echo child $!; echo do''ne", "done");
            Matcher child = Pattern.compile("child (\\d+)").matcher(said);
            assertTrue(child.find(), said);
            long pid = Long.parseLong(child.group(1));
            awaitNames(pid, "bash");

            Waiting.until(20, () -> "the child's own hits: " + hits(pid), () -> hits(pid) == 3);
            assertEquals(new Counts(2, 2, 0), dyntrace.counts(shell, "cd"));
            shell.ask("cd /; echo do''ne", "done");
            assertEquals(new Counts(3, 3, 0), dyntrace.counts(shell, "cd"));
            assertEquals(3, hits(pid));
            // Neither's tracepoint is the other's.
            dyntrace.ok("rm", pid + ":cd");
            shell.ask("cd /; echo do''ne", "done");
            assertEquals(new Counts(4, 4, 0), dyntrace.counts(shell, "cd"));

            Shell.run("kill", "-9", "" + pid).ok();
            awaitNames(pid);
            assertEquals(List.of("bash"), namesOf(shell.pid()));
        }
    }

    private Map<String, String> preload() {
        return Map.of(
                "LD_PRELOAD", Installation.agent().toString(),
                "DYNTRACE_RUNDIR", dyntrace.rundir().toString());
    }

    private long hits(long pid) {
        return daemon.process(pid).listTracepoints().get(0).getHits();
    }

    private void awaitFirst(Program program, String name) {
        Waiting.until(
                20,
                () -> "the agent finds the daemon",
                () -> namesOf(program.pid()).equals(List.of(name)));
    }

    private void awaitNames(long pid, String... names) {
        Waiting.until(
                AT_ONCE, () -> pid + " is " + namesOf(pid), () -> namesOf(pid).equals(List.of(names)));
    }

    /** {@return the names of the listed processes of a pid: one or none} */
    private List<String> namesOf(long pid) {
        return daemon.daemon().listProcesses().stream()
                .filter(process -> process.getPid() == pid)
                .map(ProcessInfo::getName)
                .toList();
    }
}
