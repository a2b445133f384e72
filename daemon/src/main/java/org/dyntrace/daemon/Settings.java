package org.dyntrace.daemon;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import org.dyntrace.daemon.access.Limits;
import org.dyntrace.daemon.access.PrivateFile;
import org.dyntrace.daemon.access.RemoteSettings;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.connector.RunDirectory;

/**
 * What the daemon's file of settings says. It is a properties file; what it does not name has its default, and what it names must be
 * known.
 *
 * @param limits how much of the daemon others can take
 * @param logs where the audit file is
 * @param remote who may come over the network, or nobody
 */
record Settings(Limits limits, Path logs, Optional<RemoteSettings> remote) {
    /** Of the machine's daemon; those in other run directories read the file that they are told to. */
    private static final Path SYSTEM = Path.of("/etc/dyntrace/dyntraced.properties");

    private static final Path SYSTEM_LOGS = Path.of("/var/log/dyntrace");

    /**
     * Reads them.
     *
     * @param chosen the file that --config names
     * @param directory the daemon's run directory
     * @throws Failure BAD_REQUEST when the file can't be read, is someone else's, or says what nobody understands
     */
    static Settings read(Optional<Path> chosen, RunDirectory directory) {
        boolean system = directory.path().equals(RunDirectory.SYSTEM);
        Path logs = system ? SYSTEM_LOGS : directory.path();
        Optional<Path> file = chosen.or(() ->
                system && Files.exists(SYSTEM, LinkOption.NOFOLLOW_LINKS) ? Optional.of(SYSTEM) : Optional.empty());
        return file.map(found -> new Parser(found).settings(logs))
                .orElseGet(() -> new Settings(Limits.defaults(), logs, Optional.empty()));
    }

    private static final class Parser {
        private static final int MOST = 1_000_000;

        private final Path file;
        private final Properties texts = new Properties();

        Parser(Path file) {
            this.file = file.toAbsolutePath();
            PrivateFile.checkUnchanged(this.file);
            try (Reader reader = Files.newBufferedReader(this.file, StandardCharsets.UTF_8)) {
                texts.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw wrong("it can't be read: " + e.getMessage());
            }
        }

        Settings settings(Path defaultLogs) {
            Limits standard = Limits.defaults();
            Limits limits = new Limits(
                    number("connections", standard.connections(), 1, 10_000),
                    number("connections.per.user", standard.connectionsPerUser(), 1, 10_000),
                    number("remote.connections", standard.remoteConnections(), 1, 10_000),
                    number("request.bytes", standard.requestBytes(), 16_384, 64 << 20),
                    number("idle.seconds", standard.idleSeconds(), 10, MOST),
                    number("answer.seconds", standard.answerSeconds(), 1, 3600),
                    number("agents", standard.agents(), 1, 30_000),
                    number("agents.per.user", standard.agentsPerUser(), 1, 30_000),
                    number("tracepoints", standard.tracepoints(), 1, MOST),
                    number("tracepoints.per.process", standard.tracepointsPerProcess(), 1, MOST));
            Path logs = path("log.directory").orElse(defaultLogs);
            Optional<RemoteSettings> remote =
                    text("remote.port").isPresent() ? Optional.of(remote()) : Optional.empty();
            texts.keySet().removeIf(key -> remote.isEmpty() && key.toString().startsWith("remote."));
            if (!texts.isEmpty()) {
                throw wrong("'" + new TreeSet<>(texts.stringPropertyNames()).first() + "' is no setting");
            }
            return new Settings(limits, logs, remote);
        }

        private RemoteSettings remote() {
            RemoteSettings remote = new RemoteSettings(
                    number("remote.port", 0, 1, 65_535),
                    taken("remote.address"),
                    taken("remote.host"),
                    needed("remote.keystore"),
                    needed("remote.keystore.password"),
                    path("remote.truststore"),
                    path("remote.truststore.password"),
                    path("remote.passwords"),
                    needed("remote.access"),
                    taken("remote.user"));
            texts.remove("remote.port");
            if (remote.truststore().isEmpty() && remote.passwords().isEmpty()) {
                throw wrong("remote access needs remote.truststore (for clients' certificates) or remote.passwords");
            }
            if (remote.truststore().isPresent() && remote.truststorePassword().isEmpty()) {
                throw wrong("remote.truststore needs remote.truststore.password");
            }
            return remote;
        }

        private Optional<String> text(String key) {
            return Optional.ofNullable(texts.getProperty(key))
                    .map(String::strip)
                    .filter(text -> !text.isEmpty());
        }

        private Optional<String> taken(String key) {
            Optional<String> text = text(key);
            texts.remove(key);
            return text;
        }

        private Optional<Path> path(String key) {
            return taken(key).map(text -> file.resolveSibling(text));
        }

        private Path needed(String key) {
            return path(key).orElseThrow(() -> wrong("remote access needs " + key));
        }

        private int number(String key, int otherwise, int least, int most) {
            String text = taken(key).orElse(Integer.toString(otherwise));
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw wrong(key + " is '" + text + "', no number");
            }
            throw wrong(key + " is " + text + ", and may be " + least + " to " + most);
        }

        private Failure wrong(String what) {
            return new Failure(
                    Reason.BAD_REQUEST,
                    "The settings in " + file + " can't be used: " + what + ".",
                    "See README.md for what they may be.");
        }
    }
}
