package org.dyntrace.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients on other machines, where the settings let them in: stock JMX clients over TLS. */
class RemoteTest {
    private static final String PASSWORD = "secret-of-the-test";

    @TempDir
    static Path keys;

    private Installation dyntrace;
    private Program program;
    private Path classes;
    private int port;

    /** Who is who, for all tests. */
    @BeforeAll
    static void makeKeys() {
        keytool("daemon", "CN=daemon");
        keytool("admin", "CN=admin,OU=ops");
        keytool("visitor", "CN=visitor");
        keytool("unknown", "CN=unknown");
        keytool("forger", "CN=admin");
        for (String known : List.of("admin", "visitor", "unknown")) {
            trust("clients", known);
        }
        trust("server", "daemon");
    }

    @BeforeEach
    void prepare() throws Exception {
        dyntrace = Installation.prepare();
        program = Program.ours("e2e_story");
        Path alone = Files.createDirectories(dyntrace.file("classes").resolve("org/dyntrace/e2e"));
        Files.copy(
                Path.of(RemoteClient.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .resolve("org/dyntrace/e2e/RemoteClient.class"),
                alone.resolve("RemoteClient.class"));
        classes = dyntrace.file("classes");
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Shell.run("sh", "-c", "cp -p \"$1\"/* \"$2\"", "sh", keys.toString(), file(""))
                .ok();
        secret("password", PASSWORD);
        secret("passwords", "admin right\nvisitor look\n");
        secret("access", "admin readwrite\nvisitor readonly\n");
    }

    @AfterEach
    void end() {
        program.close();
        dyntrace.close();
    }

    private static void keytool(String name, String distinguished) {
        keytool("-genkeypair", "-alias", name, "-dname", distinguished, "-keyalg", "EC", "-keystore", key(name));
        keytool("-exportcert", "-alias", name, "-keystore", key(name), "-file", key(name + ".crt"));
        Shell.run("chmod", "600", key(name)).ok();
    }

    private static void trust(String store, String name) {
        keytool("-importcert", "-noprompt", "-alias", name, "-file", key(name + ".crt"), "-keystore", key(store));
    }

    private static void keytool(String... words) {
        List<String> command = new ArrayList<>(List.of(Jvm.own("keytool").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("-storepass", PASSWORD));
        Shell.run(command.toArray(String[]::new)).ok();
    }

    private static String key(String name) {
        return keys.resolve(name).toString();
    }

    private String file(String name) {
        return dyntrace.file(name).toString();
    }

    private void secret(String name, String text) throws IOException {
        Files.writeString(dyntrace.file(name), text);
        Files.setPosixFilePermissions(dyntrace.file(name), PosixFilePermissions.fromString("rw-------"));
    }

    private void startDaemon(String... lines) throws IOException {
        secret(
                "settings",
                "remote.port = " + port
                        + "\nremote.address = localhost\nremote.host = localhost\nremote.keystore = daemon\n"
                        + "remote.keystore.password = password\nremote.access = access\n" + String.join("\n", lines));
        dyntrace.startDaemon("--config", file("settings"));
    }

    private String client(String certificate, Object... more) {
        List<Object> command = new ArrayList<>(List.of(Jvm.own("java")));
        if (!certificate.isEmpty()) {
            command.addAll(List.of(
                    "-Djavax.net.ssl.keyStore=" + file(certificate), "-Djavax.net.ssl.keyStorePassword=" + PASSWORD));
        }
        command.addAll(List.of(
                "-Djavax.net.ssl.trustStore=" + file("server"),
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
                "-cp",
                classes));
        command.addAll(List.of(RemoteClient.class.getName(), port, program.pid()));
        command.addAll(List.of(more));
        try (Program client = Program.start(command.toArray())) {
            assertEquals(0, client.awaitExit(), client::output);
            return client.output();
        }
    }

    private static void assertSays(String said, String... lines) {
        for (String line : lines) {
            assertTrue(said.contains(line), () -> "no '" + line + "' in\n" + said);
        }
    }

    private String audit() {
        return Waiting.text(dyntrace.rundir().resolve("audit.log"));
    }

    @Test
    void byCertificate() throws Exception {
        startDaemon("remote.truststore = clients", "remote.truststore.password = password");
        assertSays(
                client("admin", "tls"),
                "connected",
                "version 0.1.0",
                "processes 0",
                "told dyntrace.process.attached",
                "added count",
                // root's daemon, but not root's rights
                "not added java.lang.IllegalStateException: LOG_FILE: The log file /root/log can't be written by you",
                "removed");
        assertSays(audit(), "remote=\"admin@127.0.0.1\" did=\"add\" on=", "result=\"done\" made=\"count\"");

        String looks = client("visitor", "tls");
        assertSays(looks, "connected", "processes 1", "NOT_PERMITTED: You may only look (invoke)", "readwrite");
        assertSays(audit(), "remote=\"visitor@127.0.0.1\" did=\"invoke [dyntrace:type=Daemon, attach");

        String unknown = client("unknown", "tls");
        assertFalse(unknown.contains("connected"), unknown);
        assertSays(unknown, "NOT_PERMITTED: 'unknown' may not use this daemon.", "access file");
        assertSays(audit(), "remote=\"unknown@127.0.0.1\" did=\"connect\" result=\"NOT_PERMITTED\"");

        // A certificate of the right name by nobody who is trusted, none at all, and no TLS.
        for (String[] way : new String[][] {{"forger", "tls"}, {"", "tls"}, {"", "plain"}}) {
            String refused = client(way[0], way[1]);
            assertFalse(refused.contains("connected"), refused);
            assertSays(refused, "failed java.rmi.Connect", "failed ");
        }
        assertSays(audit(), "remote=\"@127.0.0.1\" did=\"connect: ");

        // A line that is taken out of the access file counts at once.
        secret("access", "visitor readonly\n");
        assertSays(client("admin", "tls"), "NOT_PERMITTED: 'admin' may not use this daemon.");
        // The socket of this machine is served as ever.
        dyntrace.ok("list-processes");
    }

    @Test
    void byPassword() throws Exception {
        startDaemon("remote.passwords = passwords");
        assertSays(client("", "tls", "admin", "right"), "connected", "told dyntrace.process.attached", "removed");
        assertSays(client("", "tls", "visitor", "look"), "connected", "NOT_PERMITTED: You may only look");
        // The JDK has put hashes in the place of the passwords.
        assertFalse(Waiting.text(dyntrace.file("passwords")).contains("right"));
        for (Object[] wrong : new Object[][] {{"tls", "admin", "wrong"}, {"tls"}}) {
            String refused = client("", wrong);
            assertFalse(refused.contains("connected"), refused);
            assertSays(refused, "java.lang.SecurityException: ");
        }
        assertSays(audit(), "did=\"connect as admin\" result=\"NOT_PERMITTED\"");
        assertSays(client("", "plain", "admin", "right"), "failed java.rmi.Connect");
    }

    /** Who says nothing, or does not finish its handshake, holds up nobody, and is sent away. */
    @Test
    void silentClientsHoldUpNobody() throws Exception {
        startDaemon("remote.passwords = passwords", "remote.connections = 8");
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            silent.add(new Socket("localhost", port));
        }
        silent.get(0).getOutputStream().write(new byte[] {22, 3, 1, 2, 0});
        // Four of one address are let in, at the most; the others are gone at once.
        assertEquals(-1, silent.get(5).getInputStream().read());
        dyntrace.ok("list-processes");
        long begin = System.nanoTime();
        for (Socket each : silent.subList(0, 4)) {
            each.setSoTimeout(20_000);
            while (each.getInputStream().read() >= 0) {
                // an alert
            }
        }
        assertTrue(System.nanoTime() - begin < 15_000_000_000L);
        assertSays(client("", "tls", "visitor", "look"), "connected");
        for (Socket each : silent) {
            each.close();
        }
    }

    @Test
    void nothingListensUnlessAsked() throws Exception {
        dyntrace.startDaemon();
        dyntrace.attach(program);
        assertEquals(Set.of(), listening());
        dyntrace.stopDaemon();
        startDaemon("remote.passwords = passwords");
        assertEquals(Set.of(port), listening());
    }

    /** The TCP ports that the daemon listens on. */
    private Set<Integer> listening() throws IOException {
        Set<String> own;
        Path process = Path.of("/proc/" + dyntrace.daemonPid());
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            own = descriptors.map(RemoteTest::link).collect(Collectors.toSet());
        }
        return Stream.of("tcp", "tcp6")
                .flatMap(table ->
                        Waiting.text(process.resolve("net").resolve(table)).lines())
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words[3].equals("0A") && own.contains("socket:[" + words[9] + "]"))
                .map(words -> Integer.parseInt(words[1].substring(words[1].indexOf(':') + 1), 16))
                .collect(Collectors.toSet());
    }

    private static String link(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Each with a word what to do, before anybody is let in. */
    @Test
    void settingsThatWouldLetOthersInAreRefused() throws Exception {
        secret("settings", "remote.port = " + port + "\n");
        assertRefused("remote access needs remote.keystore");
        String start = "remote.port = " + port + "\nremote.keystore = daemon\nremote.keystore.password = password\n"
                + "remote.access = access\n";
        secret("settings", start);
        assertRefused("remote.truststore (for clients' certificates) or remote.passwords");
        secret("settings", start + "remote.passwords = passwords\n");
        Shell.run("chmod", "644", file("passwords")).ok();
        assertRefused("passwords is not the daemon's alone");
        Shell.run("chmod", "600", file("passwords")).ok();
        Shell.run("chmod", "666", file("access")).ok();
        assertRefused("access is not the daemon's alone");
        Shell.run("chmod", "600", file("access")).ok();
        secret("password", "wrong");
        assertRefused("can't be opened for remote clients");
        secret("settings", start + "remote.passwords = passwords\nremote.pasword = x\n");
        assertRefused("'remote.pasword' is no setting");
        dyntrace.startDaemon();
    }

    private void assertRefused(String says) {
        Result result = Shell.run(
                Installation.launcher("dyntraced"),
                "--rundir",
                dyntrace.rundir().toString(),
                "--config",
                file("settings"));
        assertTrue(result.exitCode() > 0 && result.err().contains(says), result::toString);
        assertFalse(result.err().contains("Exception"), result::toString);
    }
}
