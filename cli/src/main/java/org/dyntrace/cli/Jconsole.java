package org.dyntrace.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.dyntrace.mbeans.connector.UnixConnectorProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code dyntrace jconsole} */
@Command(
        name = "jconsole",
        header = "Opens the JDK's JConsole on the daemon, through its Unix socket.",
        description = "Processes and tracepoints are on the tab MBeans, below dyntrace. Ends with JConsole.",
        footerHeading = "%nOther JMX clients:%n",
        footer = {
            "  Put lib/dyntrace/java/mbeans.jar of the installation on their class path, and connect to the",
            "  address that --print shows. As the daemon's own user they need no jar: attach to its pid."
        })
final class Jconsole implements Callable<Integer> {
    @ParentCommand
    private Dyntrace dyntrace;

    @Option(names = "--print", description = "Only print the JMX address of the daemon.")
    private boolean print;

    @Override
    public Integer call() {
        RunDirectory directory = dyntrace.directory();
        String address = UnixConnectorProvider.address(directory);
        if (print) {
            try (Stdout out = new Stdout()) {
                out.line(address);
            }
            return 0;
        }
        // JConsole would only say that the connection failed.
        DaemonConnection.open(directory).close();
        if (System.getenv("DISPLAY") == null || System.getenv("DISPLAY").isEmpty()) {
            throw new Failure(
                    Reason.UNSUPPORTED,
                    "JConsole needs a display, and DISPLAY is not set.",
                    "Run it on a desktop, or over 'ssh -X'; on a terminal there are the other commands.");
        }
        return run(List.of(
                jconsole().toString(), "-J-Djava.class.path=" + contract(), "-J-Djava.awt.headless=false", address));
    }

    private static Path jconsole() {
        List<Path> places = new ArrayList<>();
        places.add(Path.of(System.getProperty("java.home"), "bin", "jconsole"));
        String path = System.getenv("PATH");
        for (String directory : (path == null ? "" : path).split(":")) {
            places.add(Path.of(directory, "jconsole"));
        }
        return places.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new Failure(
                        Reason.UNSUPPORTED,
                        "There is no jconsole in " + System.getProperty("java.home") + " or on the PATH.",
                        "Install a whole JDK (on Debian: openjdk-17-jdk), or set JAVA_HOME to one."));
    }

    /** The jar with the connector; it needs no other. */
    private static Path contract() {
        try {
            return Path.of(UnixConnectorProvider.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int run(List<String> command) {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new Failure(
                    Reason.UNSUPPORTED,
                    command.get(0) + " can't be started: " + e.getMessage() + ".",
                    "Set JAVA_HOME to a whole JDK.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
