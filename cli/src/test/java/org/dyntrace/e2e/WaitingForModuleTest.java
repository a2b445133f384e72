package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Locations whose module is not loaded yet: each call is a hit, from the library's constructor on, as often as it comes and goes. */
class WaitingForModuleTest {
    private static final String MODULE = "libe2e_loaded.so.1";
    /** Of the constructor and of the program. */
    private static final long CALLS = 1001;

    private static final int CHURNS = 20;

    private Installation dyntrace;
    private Program program;

    @BeforeEach
    void start() throws IOException {
        dyntrace = Installation.start();
        Path library = Files.copy(Program.compile("e2e_loaded", "-shared", "-fPIC"), dyntrace.file(MODULE));
        program = Program.start(Program.compile("e2e_loader"), library);
        program.await("ready");
        dyntrace.attach(program);
    }

    @AfterEach
    void end() {
        program.close();
        dyntrace.close();
    }

    private String at(String name) {
        return program.pid() + ":" + name;
    }

    private Result add(String name, Object... how) {
        Object[] words = new Object[how.length + 4];
        System.arraycopy(how, 0, words, 4, how.length);
        words[0] = "add";
        words[1] = at("work@" + MODULE);
        words[2] = "-n";
        words[3] = name;
        return dyntrace.run(words);
    }

    private long hits(String name) {
        return dyntrace.counts(program, name).hits();
    }

    private String list() {
        return dyntrace.ok("list-tracepoints", program.pid());
    }

    private String verify() {
        return dyntrace.ok("verify", program.pid());
    }

    @Test
    void saysThatItWaitsAndMissesNoCall() {
        Path log = dyntrace.file("log");
        Result added = add("w", "count");
        assertEquals("w", added.ok());
        assertTrue(
                added.err()
                        .contains("w waits: " + MODULE + " is not loaded. It is placed as soon as process "
                                + program.pid() + " loads it; 'dyntrace rm " + at("w") + "' ends that."),
                added::err);
        assertEquals("l", add("l", "-e", "log", log).ok());
        assertTrue(list().contains("0 (waiting for its module)"), this::list);
        assertTrue(dyntrace.ok("list-tracepoints", "-a", program.pid()).contains(MODULE + " work waiting"));
        for (int round = 1; round <= 3; round++) {
            program.ask("load", "loaded");
            assertEquals(round * CALLS, hits("w"));
            assertEquals(new Counts(round * CALLS, round * CALLS, 0), dyntrace.counts(program, "l"));
            assertFalse(list().contains("waiting"), this::list);
            assertTrue(verify().contains("2 places differ, all dyntrace's"), this::verify);
            program.ask("unload", "unloaded");
            assertTrue(list().contains(round * CALLS + " (waiting for its module)"), this::list);
        }
        assertEquals(3 * CALLS, LogLines.of(log).count("entry", "l"));
        assertEquals(3 * CALLS, LogLines.of(log).count("exit", "l"));
        dyntrace.ok("rm", at("w"));
        program.ask("load", "loaded");
        assertEquals(4 * CALLS, hits("l"));
        dyntrace.ok("rm", at("l"));
        assertTrue(verify().contains("no byte differs"), this::verify);
        ProgramText.assertAsInFiles(program);
        assertEnds();
    }

    @Test
    void manyLoadsAtOnce() {
        assertEquals("w", add("w", "-e", "count").ok());
        program.ask("churn " + CHURNS, "churned");
        assertEquals(new Counts(CHURNS * CALLS, CHURNS * CALLS, 0), dyntrace.counts(program, "w"));
        dyntrace.ok("rm", at("w"));
        assertTrue(verify().contains("no byte differs"), this::verify);
        assertEnds();
    }

    @Test
    void aDaemonThatIsGoneOrStoppedHoldsNothingUp() {
        assertEquals("w", add("w", "count").ok());
        dyntrace.killDaemon();
        program.ask("load", "loaded");
        dyntrace.startDaemon();
        Waiting.until(
                20, () -> "the process", () -> dyntrace.ok("list-processes").contains("" + program.pid()));
        // The new daemon finds that it waited, and that its module is there now.
        Waiting.until(20, this::list, () -> !list().contains("waiting"));
        program.ask("unload", "unloaded");
        program.ask("load", "loaded");
        assertEquals(CALLS, hits("w"));
        program.ask("unload", "unloaded");
        Shell.run("kill", "-STOP", "" + dyntrace.daemonPid()).ok();
        try {
            program.ask("load", "loaded");
        } finally {
            Shell.run("kill", "-CONT", "" + dyntrace.daemonPid()).ok();
        }
        Waiting.until(20, this::list, () -> !list().contains("waiting"));
        dyntrace.ok("rm", at("w"));
        assertTrue(verify().contains("no byte differs"), this::verify);
        assertEnds();
    }

    @Test
    void aFunctionThatTheModuleHasNotIsToldWhenItComes() {
        Result added = dyntrace.run("add", at("wrok@" + MODULE), "-n", "t", "count");
        assertTrue(added.err().contains("t waits: "), added::err);
        program.ask("load", "loaded");
        String all = dyntrace.ok("list-tracepoints", "-a", program.pid());
        assertTrue(all.contains("wrok NO_SUCH_SYMBOL Process " + program.pid() + " has no function wrok"), all);
        // A module that is there already is not waited for, and neither is a version.
        assertTrue(dyntrace.run("add", at("wrok@" + MODULE), "count").err().contains("has no function wrok"));
        assertTrue(dyntrace.run("add", at("malloc@GLIBC_1.0"), "count").err().contains("has no function malloc"));
        dyntrace.ok("rm", at("t"));
        assertEnds();
    }

    private void assertEnds() {
        program.send("end");
        assertEquals(0, program.awaitExit(), program.output());
    }
}
