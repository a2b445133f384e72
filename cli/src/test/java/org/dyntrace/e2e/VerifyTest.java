package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dyntrace.mbeans.DifferenceInfo;
import org.dyntrace.mbeans.PlanInfo;
import org.dyntrace.mbeans.ProcessMXBean;
import org.dyntrace.mbeans.SiteInfo;
import org.dyntrace.mbeans.VerifyInfo;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proof of removal: what differs from the files is told, with whose it is, and nothing else. */
class VerifyTest {
    private static final String CLEAN = ": \\d+ modules, [\\d.]+ MiB of code, no byte differs";
    private static final int BLOCK = 64 * 4096;
    private static final int ROUNDS = 100;

    private static Installation dyntrace;

    @TempDir
    private Path directory;

    @BeforeAll
    static void install() {
        dyntrace = Installation.start();
    }

    @AfterAll
    static void remove() {
        dyntrace.close();
    }

    private static DaemonConnection connect(Path rundir) {
        return DaemonConnection.open(RunDirectory.forClient(Optional.of(rundir), false));
    }

    private static void assertClean(Program program, String name) {
        String said = dyntrace.ok("verify", program.pid());
        assertTrue(said.matches(program.pid() + " " + name + CLEAN), said);
    }

    private static long addressOf(Program program, String function) {
        String line = dyntrace.ok("list-symbols", program.pid(), function + "@e2e_story");
        assertTrue(line.endsWith(" " + function), line);
        return Long.decode(line.substring(0, line.indexOf(' ')));
    }

    private static String residentCode(Program program) {
        return Pattern.compile("RssFile:.*")
                .matcher(Waiting.text(Path.of("/proc/" + program.pid() + "/status")))
                .results()
                .findFirst()
                .orElseThrow()
                .group();
    }

    @Test
    void anUntouchedProgramIsAsItsFilesAndStaysUntouched() {
        try (Program program = Program.ours("e2e_story");
                Program fixed = Program.ours("e2e_story", "-static")) {
            String before = residentCode(program);

            assertClean(program, "e2e_story");
            String said = dyntrace.ok("verify", fixed.pid());
            assertTrue(said.matches(fixed.pid() + " e2e_story: 1 module, [\\d.]+ KiB of code, no byte differs"), said);

            assertEquals(before, residentCode(program));
            assertFalse(
                    Waiting.text(Path.of("/proc/" + program.pid() + "/maps")).contains("dyntrace-agent"));
            String json = dyntrace.ok("verify", program.pid(), "--json");
            assertTrue(
                    json.startsWith("{\"pid\":" + program.pid() + ",\"name\":\"e2e_story\",\"kind\":\"native\","),
                    json);
            assertTrue(
                    json.contains("\"dyntraceCount\":0,\"foreignCount\":0,\"differences\":[],\"notCompared\":[]}"),
                    json);
        }
    }

    @Test
    void tracepointsAreToldWithTheirNamesAndGoWithoutTrace() {
        LttngSession.startDaemon();
        try (Program program = Program.ours("e2e_story");
                DaemonConnection daemon = connect(dyntrace.rundir())) {
            dyntrace.attach(program);
            assertClean(program, "e2e_story");
            dyntrace.ok("add", program.pid() + ":callee", "-n", "counted", "count");
            dyntrace.ok("add", program.pid() + ":callee", "-n", "paired", "-e", "count");
            dyntrace.ok("add", program.pid() + ":recursion", "-n", "traced", "lttng");
            dyntrace.ok("add", program.pid() + ":guarded", "-n", "both", "-e", "lttng");
            program.ask("calls 10", "done");

            VerifyInfo info = daemon.daemon().verify("" + program.pid());
            Map<Long, String> found = new TreeMap<>();
            for (DifferenceInfo difference : info.getDifferences()) {
                assertEquals(DifferenceInfo.DYNTRACE, difference.getOwner());
                assertTrue(difference.getInMemory().startsWith("e9"), difference.getInMemory());
                found.put(difference.getAddress(), difference.getSymbol() + " " + difference.getTracepoints());
            }
            assertEquals(
                    Map.of(
                            addressOf(program, "callee"), "callee [counted, paired]",
                            addressOf(program, "recursion"), "recursion [traced]",
                            addressOf(program, "guarded"), "guarded [both]"),
                    found);
            assertTrue(info.getTrampolineBytes() > 0);
            assertEquals(List.of(), info.getNotCompared());
            String said = dyntrace.ok("verify", "e2e_story");
            assertTrue(said.contains(", 3 places differ, all dyntrace's\n"), said);
            assertTrue(said.contains(" in memory: dyntrace counted, paired\n"), said);

            for (String name : List.of("counted", "traced", "paired", "both")) {
                dyntrace.ok("rm", program.pid() + ":" + name);
            }
            assertClean(program, "e2e_story");
            ProgramText.assertAsInFiles(program);
        }
    }

    @Test
    void eachOfThousandsOfPlacesIsToldOnce() {
        try (Program program = Program.ours("e2e_story");
                DaemonConnection daemon = connect(dyntrace.rundir())) {
            dyntrace.attach(program);
            ProcessMXBean process = daemon.process(program.pid());
            Set<Long> islands = process.plan("@libc.so.6", false, 0, 10_000).stream()
                    .filter(plan -> plan.getState().equals(PlanInfo.ISLAND))
                    .map(PlanInfo::getAddress)
                    .collect(Collectors.toSet());
            process.add("*@libc.so.6", false, "all", "count", List.of());
            List<SiteInfo> placed = process.listSites("all", false, 0, 10_000).stream()
                    .filter(site -> site.getState().equals("placed"))
                    .toList();
            assertTrue(placed.size() > 1000, placed.size() + " places");
            // Each of these has two jumps.
            long jumps = placed.size()
                    + placed.stream()
                            .filter(site -> islands.contains(site.getAddress()))
                            .count();
            assertTrue(jumps > placed.size());

            VerifyInfo info = daemon.daemon().verify("" + program.pid());

            assertEquals(0, info.getForeignCount());
            assertEquals(jumps, info.getDyntraceCount());
            assertEquals(
                    jumps,
                    info.getDifferences().stream()
                            .map(DifferenceInfo::getAddress)
                            .distinct()
                            .count());
            process.remove("all");
            assertClean(program, "e2e_story");
        }
    }

    /** The daemon compares blocks of 64 pages. */
    @Test
    void placesOverTheEndsOfBlocksAreToldOnce() {
        try (Program python = Program.start("/usr/bin/python3", "-c", "print('ready', flush=True); input()");
                DaemonConnection daemon = connect(dyntrace.rundir())) {
            python.await("ready");
            dyntrace.attach(python);
            ProcessMXBean process = daemon.process(python.pid());
            Set<Long> placed = new TreeSet<>();
            Matcher code = Pattern.compile("(?m)^(\\p{XDigit}+)-(\\p{XDigit}+) r-xp .*/(python3|libc[.]so)[^/]*$")
                    .matcher(Waiting.text(Path.of("/proc/" + python.pid() + "/maps")));
            while (code.find()) {
                long end = Long.parseLong(code.group(2), 16);
                for (long block = Long.parseLong(code.group(1), 16) + BLOCK; block < end; block += BLOCK) {
                    for (long at = block - 4; at < block; at++) {
                        try {
                            process.add(String.format("%#x", at), false, "", "count", List.of());
                            placed.add(at);
                        } catch (IllegalStateException noInstructionOrTooClose) {
                            continue;
                        }
                    }
                }
            }
            assertFalse(placed.isEmpty());

            List<DifferenceInfo> told =
                    daemon.daemon().verify("" + python.pid()).getDifferences();

            List<Long> addresses = told.stream().map(DifferenceInfo::getAddress).toList();
            assertTrue(addresses.containsAll(placed), () -> placed + " " + addresses);
            assertEquals(Set.copyOf(addresses).size(), addresses.size());
            // A short jump, to an island that is told as well; all others are told whole.
            long shorts = told.stream()
                    .filter(difference -> difference.getLength() < 5)
                    .count();
            assertEquals(placed.size() + shorts, addresses.size());
        }
    }

    @Test
    void whatOthersChangeIsForeign() {
        try (Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            dyntrace.ok("add", program.pid() + ":recursion", "-n", "mine", "count");
            long inside = addressOf(program, "jump_outer") + 4;
            try (CodeByte breakpoint = CodeByte.change(program, inside, 0xcc)) {
                assertForeign(
                        program,
                        String.format(
                                "%#018x    1 e2e_story jump_outer+0x4: %02x in the file, cc in memory: foreign"
                                        + " (a breakpoint, of a debugger or of the kernel (uprobe))",
                                inside, breakpoint.original()),
                        ", 2 places differ, 1 foreign\n");
            }
            long jump = addressOf(program, "recursion");
            try (CodeByte over = CodeByte.change(program, jump, 0xcc)) {
                assertEquals(0xe9, over.original());
                assertForeign(
                        program, "foreign (in the place of dyntrace's jump of mine)", ", 1 place differs, 1 foreign\n");
            }
            dyntrace.ok("rm", program.pid() + ":mine");
            assertClean(program, "e2e_story");
            program.ask("calls 10", "done");
        }
    }

    @Test
    void aProbeOfTheKernelIsForeignAndGoesOn() {
        try (Program program = Program.ours("e2e_story")) {
            dyntrace.attach(program);
            long callee = addressOf(program, "callee");
            try (Uprobe probe = Uprobe.place(program, callee)) {
                program.ask("calls 10", "done");
                assertEquals(10, probe.hits());
                assertForeign(
                        program,
                        "cc in memory: foreign (a breakpoint, of a debugger or of the kernel (uprobe))",
                        ", 1 place differs, 1 foreign\n");
                // The kernel's page for what it has displaced is nobody's code.
                assertFalse(dyntrace.run("verify", program.pid()).out().contains("not compared"));

                Result refused = dyntrace.run("add", program.pid() + ":callee", "count");
                assertEquals(1, refused.exitCode(), refused::toString);
                assertTrue(refused.err().contains("a debugger or another tool has changed it"), refused::toString);
                dyntrace.ok("add", program.pid() + ":recursion", "-n", "mine", "count");
                dyntrace.ok("rm", program.pid() + ":mine");
                program.ask("calls 10", "done");
                assertEquals(20, probe.hits());
            }
            assertClean(program, "e2e_story");
            dyntrace.ok("add", program.pid() + ":callee", "-n", "mine", "count");
            program.ask("calls 10", "done");
            assertEquals(new Counts(10, 0, 0), dyntrace.counts(program, "mine"));
        }
    }

    private static void assertForeign(Program program, String line, String result) {
        Result found = dyntrace.run("verify", program.pid());
        assertEquals(1, found.exitCode(), found::toString);
        assertTrue(found.out().contains(line + "\n"), found::toString);
        assertTrue(found.out().contains(result), found::toString);
        assertTrue(found.err().startsWith("dyntrace: Process " + program.pid() + " has code that"), found::toString);
        Result json = dyntrace.run("verify", program.pid(), "--json");
        assertEquals(1, json.exitCode(), json::toString);
        assertTrue(json.out().contains("\"foreignCount\":1,"), json::toString);
    }

    @Test
    void oursIsNeverTakenForForeignWhileItChanges() {
        try (Program program = Program.ours("e2e_story");
                DaemonConnection daemon = connect(dyntrace.rundir())) {
            dyntrace.attach(program);
            ProcessMXBean process = daemon.process(program.pid());
            CompletableFuture<Void> churn = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                    process.add("callee", false, "churn", "count", List.of());
                    process.add("str*@libc.so.6", false, "many", "count", List.of());
                    process.remove("many");
                    process.remove("churn");
                }
            });
            int seen = 0;
            while (!churn.isDone()) {
                VerifyInfo info = daemon.daemon().verify("" + program.pid());
                assertEquals(0, info.getForeignCount(), () -> describe(info));
                seen += info.getDyntraceCount() > 0 ? 1 : 0;
            }
            churn.join();
            assertTrue(seen > 0, "never at the same time");
            assertClean(program, "e2e_story");
        }
    }

    @Test
    void whatAnInterruptedAttachHasLeftIsOurs() throws IOException {
        try (Program program = Program.ours("e2e_story")) {
            Matcher code = Pattern.compile("(?m)^(\\p{XDigit}+)-(\\p{XDigit}+) r-xp .*/e2e_story$")
                    .matcher(Waiting.text(Path.of("/proc/" + program.pid() + "/maps")));
            assertTrue(code.find());
            long end = Long.parseLong(code.group(2), 16);
            try (RandomAccessFile memory = new RandomAccessFile("/proc/" + program.pid() + "/mem", "rw")) {
                memory.seek(end - 64);
                memory.write(new byte[] {1, 2, 3});
                Result unknown = dyntrace.run("verify", program.pid());
                assertEquals(1, unknown.exitCode(), unknown::toString);
                assertTrue(unknown.out().contains("e2e_story (no function): 000000 in the file"), unknown::toString);
                memory.seek(end - 8);
                memory.write("dynstub\0".getBytes(StandardCharsets.ISO_8859_1));
            }
            String said = dyntrace.ok("verify", program.pid());
            assertTrue(said.contains(", 1 place differs, dyntrace's\n"), said);
            assertTrue(
                    said.endsWith("dyntrace (behind the code, of an attach that is under way or was interrupted)"),
                    said);
            // Which the next attach clears away.
            dyntrace.attach(program);
            assertClean(program, "e2e_story");
        }
    }

    private static String describe(VerifyInfo info) {
        return info.getDifferences().stream()
                .filter(difference -> difference.getOwner().equals(DifferenceInfo.FOREIGN))
                .map(difference -> String.format(
                        "%#x %s %s %d: %s, %s",
                        difference.getAddress(),
                        difference.getModule(),
                        difference.getSymbol(),
                        difference.getLength(),
                        difference.getInFile(),
                        difference.getInMemory()))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void whatTheLoaderRelocatesIsNotCompared() {
        try (Program program = Program.ours("relocated_text", "-Wl,-z,notext")) {
            Result result = dyntrace.run("verify", program.pid());
            assertEquals(0, result.exitCode(), result::toString);
            assertTrue(result.out().contains(" no byte differs\nnot compared: "), result::toString);
            assertTrue(
                    result.out()
                            .matches(
                                    "(?s).*/relocated_text, [1-8] bytes: The loader has changed them .text relocations.[.]\n"),
                    result::toString);
        }
    }

    @Test
    void aJvmsOwnCodeIsComparedAndJavaIsSaidNotToBe() {
        Jvm.compile("Story", directory);
        try (Program story = Jvm.start(Jvm.own("java"), directory, "Story")) {
            dyntrace.attach(story);
            dyntrace.ok("add", story.pid() + ":Story.work(int)", "-n", "java", "count");
            story.ask("work 1000", "did work");
            String said = dyntrace.ok("verify", story.pid());
            assertTrue(said.contains(" of code, no byte differs\nnot compared: memory without a file, "), said);
            assertTrue(
                    said.endsWith("\nJava bytecode is not part of this comparison; the JVM's own code and native"
                            + " libraries are."),
                    said);
            dyntrace.ok("add", story.pid() + ":malloc@libc.so.6", "-n", "native", "count");
            assertTrue(dyntrace.ok("verify", story.pid()).contains("in memory: dyntrace native\n"));
        }
    }

    @Test
    void whatTheDaemonMayNotReadIsSaid() throws IOException {
        Asker nobody = Asker.stranger();
        Path rundir = Files.setPosixFilePermissions(
                Files.createTempDirectory("dyntrace-nobody"), PosixFilePermissions.fromString("rwxrwxrwx"));
        Path program = Files.copy(Program.compile("e2e_story"), rundir.resolve("story"));
        nobody.run("dyntraced", "--daemonize", "--rundir", rundir.resolve("run"))
                .ok();
        try (DaemonConnection daemon = connect(rundir.resolve("run"));
                Program ofRoot = Program.start(program);
                Program ofNobody =
                        Program.start("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", program)) {
            ofRoot.await("ready");
            ofNobody.await("ready");
            long pid = daemon.daemon().getPid();
            try {
                Result refused = nobody.run("dyntrace", "--rundir", rundir.resolve("run"), "verify", ofRoot.pid());
                assertEquals(4, refused.exitCode(), refused::toString);
                assertTrue(refused.err().contains("as the user who runs that process"), refused::toString);

                Files.delete(program);
                String said = nobody.run("dyntrace", "--rundir", rundir.resolve("run"), "verify", ofNobody.pid())
                        .ok();
                assertTrue(said.contains(" of code, no byte differs\nnot compared: " + program), said);
                assertTrue(said.contains(" was deleted or replaced since the program loaded it."), said);
                // Root reaches the file itself.
                assertClean(ofNobody, "story");
            } finally {
                Shell.run("kill", "" + pid).ok();
            }
        }
    }

    @Test
    void wrongTargetsAreRefused() {
        Program ended = Program.ours("e2e_story");
        ended.close();
        assertRefused(1, "There is no process with pid " + ended.pid(), "" + ended.pid());
        assertRefused(1, "No process is named 'no-such-program'", "no-such-program");
        assertRefused(1, "is a kernel thread", "2");
        try (Program one = Program.start("sleep", "1000");
                Program other = Program.start("sleep", "1001")) {
            assertRefused(1, "Several processes are named 'sleep'", "sleep");
            assertTrue(one.isAlive() && other.isAlive());
        }
        Result stranger = Asker.stranger().run("dyntrace", "--rundir", dyntrace.rundir(), "verify", "1");
        assertEquals(4, stranger.exitCode(), stranger::toString);
        assertEquals(2, dyntrace.run("verify").exitCode());
        String help = dyntrace.ok("verify", "--help");
        assertTrue(help.contains("--json") && help.contains("Exits with 0"), help);
    }

    private static void assertRefused(int exitCode, String says, String target) {
        Result result = dyntrace.run("verify", target);
        assertEquals(exitCode, result.exitCode(), result::toString);
        assertEquals("", result.out());
        assertTrue(result.err().contains(says) && result.err().contains("\n  "), result::toString);
    }
}
