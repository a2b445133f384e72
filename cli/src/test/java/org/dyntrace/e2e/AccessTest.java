package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may do what: real users of this machine, by the commands that they give. */
class AccessTest {
    private static final String REFUSED = "dyntrace: You may not use the daemon in ";
    private static final String NOT_BY_YOU = "can't be written by you";

    private static final List<String> USERS = new ArrayList<>();
    private static Asker member;
    private static Asker byFirstGroup;
    private static Asker stranger;
    private static Asker owner;
    private static Installation dyntrace;
    private static Path open;
    private static Path sticky;
    private static Program program;
    private static Program fresh;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can make users");
        member = user("dynmember", "-G", "dyntrace");
        byFirstGroup = user("dynfirst", "-g", "dyntrace");
        stranger = user("dynstranger");
        owner = user("dynowner");
        dyntrace = Installation.start();
        open = dyntrace.rundir().getParent();
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        sticky = Files.createDirectory(dyntrace.file("sticky"));
        Shell.run("chmod", "1777", sticky.toString()).ok();
        for (String name : List.of("member", "stranger", "owner")) {
            Path home = Files.createDirectory(dyntrace.file(name));
            Shell.run("chown", "dyn" + name, home.toString()).ok();
            Shell.run("touch", home + "/file").ok();
            Shell.run("chown", "dyn" + name, home + "/file").ok();
        }
        program = programOf(owner);
        fresh = programOf(owner);
        dyntrace.attach(program);
        dyntrace.ok("add", program.pid() + ":guarded", "-n", "old", "count");
        links();
    }

    private static Asker user(String name, String... options) {
        List<String> command = new ArrayList<>(List.of("useradd", "--no-create-home", "--shell", "/usr/sbin/nologin"));
        command.addAll(List.of(options));
        command.add(name);
        USERS.add(name);
        Shell.run(command.toArray(String[]::new)).ok();
        return Asker.user(name);
    }

    private static Program programOf(Asker user) throws IOException {
        Path copy = open.resolve("e2e_story");
        if (!Files.exists(copy)) {
            Files.copy(Program.compile("e2e_story"), copy);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Program started = Program.start(user.words(copy));
        started.await("ready");
        return started;
    }

    /** What a stranger leaves in a directory like /tmp. */
    private static void links() {
        stranger.as("ln", "-s", open + "/member/file", sticky + "/to-members-file")
                .ok();
        stranger.as("ln", "-s", open + "/owner/file", sticky + "/to-owners-file")
                .ok();
        stranger.as("ln", "-s", "/etc/hostname", sticky + "/to-hostname").ok();
        stranger.as("ln", "-s", open + "/stranger", sticky + "/to-directory").ok();
        stranger.as("sh", "-c", "umask 0; touch " + sticky + "/of-stranger").ok();
        // The kernel lets nobody make a hard link to what he can't write; root stands for one that was there before.
        assertTrue(stranger.as("ln", open + "/member/file", sticky + "/hard").exitCode() != 0);
        Shell.run("ln", "/etc/hostname", sticky + "/hard-to-hostname");
        Shell.run("ln", open + "/owner/file", sticky + "/hard-to-owners-file").ok();
        member.as("ln", "-s", open + "/member/file", sticky + "/own-link").ok();
        member.as("ln", "-s", "/proc/self/fd/1", open + "/member/to-proc").ok();
        member.as("mkfifo", open + "/member/fifo").ok();
    }

    @AfterAll
    static void end() {
        Stream.of(program, fresh).filter(each -> each != null).forEach(Program::close);
        if (dyntrace != null) {
            dyntrace.close();
        }
        USERS.forEach(name -> Shell.run("userdel", name));
        USERS.clear();
    }

    /**
     * A line of the table.
     *
     * @param who asks
     * @param what he asks for
     * @param request does it
     * @param exitCode 0 where it is allowed
     * @param says what the message holds
     */
    record Row(String who, String what, Supplier<Result> request, int exitCode, String says) {
        @Override
        public String toString() {
            return who + ": " + what + (exitCode == 0 ? ": allowed" : ": refused");
        }
    }

    private static Row may(String who, Asker asker, Object... words) {
        return row(who, asker, 0, "", words);
    }

    private static Row mayNot(String who, Asker asker, Object... words) {
        return row(who, asker, 4, REFUSED + dyntrace.rundir(), words);
    }

    private static Row row(String who, Asker asker, int exitCode, String says, Object... words) {
        Supplier<Result> request = asker == null
                ? () -> dyntrace.run(words)
                : () -> asker.run(
                        "dyntrace",
                        Stream.concat(Stream.of("--rundir", dyntrace.rundir()), Stream.of(words))
                                .toArray());
        return new Row(
                who, String.join(" ", Stream.of(words).map(String::valueOf).toList()), request, exitCode, says);
    }

    private static Row log(String who, Asker asker, Object file, String says) {
        return row(who, asker, says.isEmpty() ? 0 : 1, says, "add", program.pid() + ":callee", "log", file);
    }

    static Stream<Row> rows() {
        String pid = program.pid() + ":";
        String hint = "";
        return Stream.of(
                // Commands, on a process of the owner's
                may("root", null, "list-processes"),
                may("member", member, "list-processes"),
                may("member by his first group", byFirstGroup, "list-processes"),
                mayNot("stranger", stranger, "list-processes"),
                mayNot("owner of the process", owner, "list-processes"),
                may("member", member, "list-symbols", program.pid(), "callee"),
                mayNot("owner of the process", owner, "list-symbols", program.pid(), "callee"),
                may("member", member, "add", pid + "recursion", "-n", "mine", "count"),
                mayNot("stranger", stranger, "add", pid + "recursion", "count"),
                mayNot("owner of the process", owner, "add", pid + "recursion", "count"),
                may("member", member, "list-tracepoints", program.pid()),
                mayNot("stranger", stranger, "list-tracepoints", program.pid()),
                mayNot("stranger", stranger, "disable", pid + "old"),
                mayNot("stranger", stranger, "rm", pid + "old"),
                mayNot("owner of the process", owner, "rm", pid + "old"),
                may("member", member, "disable", pid + "old"),
                may("member", member, "enable", pid + "old"),
                may("member", member, "rm", pid + "old"),
                may("member", member, "verify", program.pid()),
                mayNot("stranger", stranger, "attach", fresh.pid()),
                mayNot("owner of the process", owner, "attach", fresh.pid()),
                may("member", member, "attach", fresh.pid()),
                mayNot("stranger", stranger, "detach", fresh.pid()),
                may("member", member, "detach", fresh.pid()),
                mayNot("stranger", stranger, "jconsole"),
                // Log files, each where who asks may write himself
                log("member", member, open + "/member/new", hint),
                log("member", member, open + "/member/file", hint),
                log("member", member, open + "/owner/file", NOT_BY_YOU),
                log("member", member, open + "/stranger/new", NOT_BY_YOU),
                log("member", member, "/etc/hostname", NOT_BY_YOU),
                log("member", member, dyntrace.rundir() + "/audit.log", NOT_BY_YOU),
                log("member", member, dyntrace.rundir() + "/log", NOT_BY_YOU),
                log("member", member, sticky + "/new", hint),
                log("member", member, sticky + "/own-link", hint),
                log("member", member, sticky + "/to-members-file", NOT_BY_YOU),
                log("member", member, sticky + "/to-owners-file", NOT_BY_YOU),
                log("member", member, sticky + "/to-hostname", NOT_BY_YOU),
                log("member", member, sticky + "/to-directory/new", NOT_BY_YOU),
                log("member", member, sticky + "/of-stranger", NOT_BY_YOU),
                log("member", member, sticky + "/hard-to-owners-file", NOT_BY_YOU),
                log("member", member, sticky + "/hard-to-hostname", NOT_BY_YOU),
                log("member", member, open + "/member/fifo", NOT_BY_YOU),
                log("member", member, open + "/member/to-proc", NOT_BY_YOU),
                log("member", member, "/proc/self/fd/1", NOT_BY_YOU),
                log("member", member, "/proc/self/timerslack_ns", NOT_BY_YOU),
                log("root", null, sticky + "/to-hostname", NOT_BY_YOU),
                log("root", null, sticky + "/to-directory/new", NOT_BY_YOU),
                log("root", null, "/proc/self/comm", NOT_BY_YOU));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isAsInTheTable(Row row) {
        Result result = row.request().get();
        assertEquals(row.exitCode(), result.exitCode(), result::toString);
        assertTrue(result.err().contains(row.says()), result::toString);
        if (row.exitCode() != 0) {
            // What happened, and what to do.
            assertEquals(2, result.err().lines().count(), result::toString);
            assertFalse(result.err().contains("Exception"), result::toString);
        }
    }

    @Test
    void filesThatTheDaemonMakesAreTheAskers() throws IOException {
        Path made = open.resolve("member/made");
        Result result = member.run(
                "dyntrace", "--rundir", dyntrace.rundir(), "add", program.pid() + ":callee", "-n", "made", "log", made);
        result.ok();
        assertEquals("dynmember", Files.getOwner(made).getName());
        program.ask("calls 3", "done");
        assertTrue(Waiting.text(made).lines().count() == 3);
    }

    /** A program that says that it is an agent: it is listed as what it is. */
    @Test
    void aFakeAgentIsWhoTheKernelSays() throws IOException {
        Path script = script("""
                import socket, sys, time
                link = socket.socket(socket.AF_UNIX)
                link.connect(sys.argv[1])
                # FromAgent { hello { protocol: 1, jvm { release: 17 }, and a pid in a field that nobody knows } }
                hello = b'\\x08\\x01\\x22\\x02\\x08\\x11' + b'\\x38' + bytes([int(sys.argv[2]) & 127 | 128, int(sys.argv[2]) >> 7 & 127 | 128, int(sys.argv[2]) >> 14])
                message = b'\\x0a' + bytes([len(hello)]) + hello
                link.sendall(len(message).to_bytes(4, 'little') + message)
                # To each question the same: a reply without tracepoints.
                while True:
                    n = int.from_bytes(link.recv(4, socket.MSG_WAITALL), 'little')
                    question = link.recv(n, socket.MSG_WAITALL)
                    reply = b'\\x12\\x02' + question[:2]
                    link.sendall(len(reply).to_bytes(4, 'little') + reply)
                    print('answered', flush=True)
                """);
        try (Program fake = Program.start(
                stranger.words("/usr/bin/python3", script, dyntrace.rundir() + ".agents/link.sock", program.pid()))) {
            fake.await("answered");
            String pid = "\"pid\":" + fake.pid() + ",";
            Waiting.until(
                    20,
                    () -> "the fake is listed: " + fake.output() + dyntrace.ok("list-processes", "--json"),
                    () -> dyntrace.ok("list-processes", "--json").contains(pid));
            String fakes = Stream.of(dyntrace.ok("list-processes").split("\n"))
                    .filter(line -> line.strip().startsWith(fake.pid() + " "))
                    .findFirst()
                    .orElseThrow();
            assertTrue(fakes.contains(Shell.run("id", "-u", "dynstranger").ok()), fakes);
            // The program that it claims to be still has its own agent.
            String name = dyntrace.ok("add", program.pid() + ":callee", "count");
            program.ask("calls 2", "done");
            assertEquals(new Counts(2, 0, 0), dyntrace.counts(program, name));
        }
    }

    /** Who connects, hands the connection on and ends may leave his pid to another process. */
    @Test
    void aConnectionWhoseMakerHasEndedIsNobodys() throws IOException {
        Path script = script("""
                import os, socket, sys
                link = socket.socket(socket.AF_UNIX)
                link.connect(sys.argv[1])
                if os.fork():
                    print('maker', os.getpid(), flush=True)
                    os._exit(0)
                # FromAgent { hello { protocol: 1, jvm { release: 17 } } }: who is taken for an agent is asked something.
                link.sendall(bytes.fromhex('080000000a06080122020811'))
                print('heir', flush=True)
                try:
                    said = link.recv(1)
                except ConnectionResetError:
                    said = b''
                print('sent away' if said == b'' else 'was asked', flush=True)
                """);
        Shell.run("kill", "-STOP", "" + dyntrace.daemonPid()).ok();
        Program maker;
        Program others;
        try {
            maker = Program.start(stranger.words("/usr/bin/python3", script, dyntrace.rundir() + ".agents/link.sock"));
            maker.await("heir");
            maker.await("maker");
            maker.awaitExit();
            others = Program.start("/usr/bin/python3", script("""
                    import os, sys, time
                    parent = os.getpid()
                    for i in range(300):
                        try:
                            with open('/proc/sys/kernel/ns_last_pid', 'w') as last:
                                last.write(str(int(sys.argv[1]) - 1))
                        except OSError:
                            # Where nobody may choose pids, nobody gets that one.
                            print('has it not', flush=True)
                            break
                        child = os.fork()
                        if child == 0:
                            while os.getpid() == int(sys.argv[1]) and os.getppid() == parent:
                                time.sleep(1)
                            os._exit(0)
                        if child == int(sys.argv[1]):
                            print('has it', flush=True)
                        os.waitpid(child, 0)
                    """), maker.pid());
            others.await("has it");
        } finally {
            Shell.run("kill", "-CONT", "" + dyntrace.daemonPid()).ok();
        }
        Waiting.until(20, maker::output, () -> maker.output().matches("(?s).*(sent away|was asked).*"));
        assertTrue(maker.output().contains("sent away"), maker::output);
        maker.close();
        others.close();
    }

    private static Path script(String text) throws IOException {
        Path script = Files.writeString(Files.createTempFile(open, "script", ".py"), text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
        return script;
    }

    /** A daemon that a user runs for himself serves him, and root. */
    @Test
    void aUsersOwnDaemonIsHisAlone() throws IOException {
        Path runtime = Files.createDirectory(open.resolve("runtime"));
        Shell.run("chown", "dynowner", runtime.toString()).ok();
        Path rundir = runtime.resolve("dyntrace");
        owner.withRuntime(runtime);
        owner.run("dyntraced", "--user", "--daemonize").ok();
        try (Program own = programOf(owner);
                Program others = programOf(stranger)) {
            assertTrue(owner.run("dyntrace", "--user", "attach", own.pid()).ok().startsWith(own.pid() + " "));
            owner.run("dyntrace", "add", own.pid() + ":callee", "log", open + "/owner/own.log")
                    .ok();
            own.ask("calls 2", "done");
            assertEquals(2, Waiting.text(open.resolve("owner/own.log")).lines().count());
            Shell.run(Installation.launcher("dyntrace"), "--rundir", rundir.toString(), "list-processes")
                    .ok();
            for (Asker other : List.of(member, stranger, byFirstGroup)) {
                Result refused = other.run("dyntrace", "--rundir", rundir, "list-processes");
                assertEquals(4, refused.exitCode(), refused::toString);
                assertTrue(refused.err().startsWith(REFUSED), refused::toString);
            }
            for (long pid : new long[] {others.pid(), ProcessHandle.current().pid()}) {
                Result refused = owner.run("dyntrace", "--user", "attach", pid);
                assertEquals(4, refused.exitCode(), refused::toString);
                assertTrue(
                        refused.err().contains("and this daemon serves dynowner's processes only."), refused::toString);
            }
            Result log = owner.run("dyntrace", "--user", "add", own.pid() + ":callee", "log", open + "/member/file");
            assertTrue(log.exitCode() == 1 && log.err().contains(NOT_BY_YOU), log::toString);
        } finally {
            owner.as("pkill", "-u", "dynowner", "-f", "org.dyntrace.daemon.Main");
            Waiting.until(30, () -> "the daemon ends", () -> !Files.exists(rundir.resolve("jmx.sock")));
        }
    }
}
