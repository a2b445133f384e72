package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code dyntrace watch}, on a terminal and in a pipe. */
class WatchTest {
    private static final int INTERRUPTED = 130;

    private Installation dyntrace;
    private Program program;

    @BeforeEach
    void start() {
        dyntrace = Installation.start();
        program = Program.ours("e2e_story");
        dyntrace.attach(program);
        dyntrace.ok("add", program.pid() + ":callee", "-n", "calls", "count");
        dyntrace.ok("add", program.pid() + ":recursion", "-n", "deep", "count");
    }

    @AfterEach
    void end() {
        program.close();
        dyntrace.close();
    }

    private Program watch(Object... arguments) {
        List<Object> words = new ArrayList<>(List.of(
                // Tests that run in the background of a shell would hand down that they ignore it.
                "env", "--default-signal=INT", Installation.launcher("dyntrace"), "--rundir", dyntrace.rundir()));
        words.add("watch");
        words.addAll(List.of(arguments));
        return Program.start(words.toArray());
    }

    @Test
    void aLineALook() {
        try (Program watch = watch(program.pid(), "-i", "0.2")) {
            watch.await("calls 0.0/s 0, deep 0.0/s 0\n");
            program.ask("recurse 7", "done");
            watch.await(" 7\n");
            program.ask("spin 1", "done");
            watch.await("calls ");
            Pattern fast = Pattern.compile("\\d\\d:\\d\\d:\\d\\d calls (\\d{4,})/s (\\d+), deep 0.0/s 7\n");
            Waiting.until(
                    20,
                    watch::output,
                    () -> fast.matcher(watch.output()).results().count() >= 4);
            program.ask("stop", "done");
            List<Double> rates = new ArrayList<>();
            List<Long> hits = new ArrayList<>();
            Matcher each = fast.matcher(watch.output());
            while (each.find()) {
                rates.add(Double.parseDouble(each.group(1)));
                hits.add(Long.parseLong(each.group(2)));
            }
            // A look comes when it is time, give or take what the machine is busy with.
            double known = (hits.get(3) - hits.get(1)) / 0.4;
            assertTrue(rates.get(2) > known / 3 && rates.get(2) < known * 3, rates + " and " + known);
            watch.signal("INT");
            assertEquals(INTERRUPTED, watch.awaitExit());
            assertFalse(watch.output().contains("dyntrace:"), watch.output());
        }
    }

    @Test
    void anObjectALook() {
        String said = dyntrace.ok("watch", program.pid() + ":deep", "--json", "-i", "0.1", "-c", "3");
        List<String> lines = said.lines().toList();
        assertEquals(3, lines.size(), said);
        for (String line : lines) {
            assertTrue(
                    line.matches(
                            "\\{\"time\":\"[0-9T:.-]+Z\",\"pid\":" + program.pid() + ",\"tracepoints\":\\["
                                    + "\\{\"name\":\"deep\",\"enabled\":true,\"hits\":0,\"exits\":0,\"lost\":0,\"rate\":0.0}]}"),
                    said);
        }
    }

    @Test
    void drawsOnATerminal() {
        String command = Installation.launcher("dyntrace") + " --rundir " + dyntrace.rundir() + " watch "
                + program.pid() + ":calls -i 0.1";
        try (Program terminal = Program.start("env", "TERM=xterm", "script", "-qefc", command, "/dev/null")) {
            terminal.await("NAME   RATE/S  HITS  LOST  LOCATION");
            terminal.await("\033[3A\r\033[J" + program.pid() + " e2e_story at ");
            program.ask("calls 123", "done");
            terminal.await("   123     0  callee");
            dyntrace.ok("disable", program.pid() + ":calls");
            terminal.await("callee (disabled)");
            dyntrace.ok("rm", program.pid() + ":calls");
            assertEquals(0, terminal.awaitExit());
            terminal.await("calls of process " + program.pid() + " (e2e_story) has been removed.");
        }
    }

    @Test
    void endsWithTheProcess() {
        try (Program watch = watch(program.pid(), "-i", "0.1")) {
            watch.await("calls 0.0/s 0");
            program.signal("KILL");
            program.awaitExit();
            assertEquals(0, watch.awaitExit());
            assertTrue(
                    watch.output().contains("dyntrace: process " + program.pid() + " (e2e_story) has ended.\n"),
                    watch.output());
        }
    }

    @Test
    void saysWhatIsWrong() {
        Result none = dyntrace.run("watch", program.pid() + ":none");
        assertEquals(1, none.exitCode());
        assertTrue(none.err().contains("no tracepoint 'none'"), none.err());
        assertEquals(2, dyntrace.run("watch", program.pid(), "-i", "0").exitCode());
        assertEquals(2, dyntrace.run("watch", program.pid(), "-c", "-1").exitCode());
        assertTrue(dyntrace.ok("watch", "--help").contains("--interval"));
        try (Program watch = watch(program.pid(), "-i", "0.1")) {
            watch.await("calls 0.0/s 0");
            dyntrace.killDaemon();
            assertEquals(3, watch.awaitExit());
            assertTrue(watch.output().contains("The connection to the daemon broke."), watch.output());
            dyntrace.startDaemon();
        }
    }
}
