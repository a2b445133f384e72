package org.dyntrace.daemon;

import com.sun.jna.Native;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;
import org.dyntrace.mbeans.connector.RunDirectory;

/**
 * {@code --daemonize}: a JVM can't fork, so the daemon is a child with a session of its own. It tells over its stdout
 * that it is ready; until then what it prints on stderr is for the user.
 */
final class Background {
    private static final String READY = "READY";

    private Background() {}

    static int start(RunDirectory directory, boolean user, Optional<Path> config) {
        List<String> command = new ArrayList<>();
        command.add("setsid");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "--detached"));
        if (user) {
            command.add("--user");
        }
        command.addAll(List.of("--rundir", directory.toString()));
        config.ifPresent(
                file -> command.addAll(List.of("--config", file.toAbsolutePath().toString())));
        try {
            Process child = new ProcessBuilder(command)
                    .directory(new File("/"))
                    .redirectInput(new File("/dev/null"))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                return READY.equals(said.readLine()) ? 0 : child.waitFor();
            }
        } catch (IOException e) {
            throw new Failure(
                    Reason.INTERNAL,
                    "The daemon can't be started: " + e.getMessage() + ".",
                    "Install util-linux (setsid).",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /** In the child: says so, and lets go of the terminal. */
    static void ready() {
        System.out.println(READY);
        System.out.flush();
        int nothing = Terminal.open("/dev/null", 2);
        Terminal.dup2(nothing, 1);
        Terminal.dup2(nothing, 2);
    }

    /** libc, for what Java can't do with descriptors. */
    private static final class Terminal {
        static {
            Native.register(Terminal.class, "c");
        }

        static native int open(String path, int flags);

        static native int dup2(int from, int to);
    }
}
