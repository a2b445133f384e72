package org.dyntrace.agent;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.ref.WeakReference;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Where the JVM lets the agent in, by -javaagent or by the Attach API. This class and its loader are all that the
 * application can see; nothing that goes wrong here may reach it.
 */
public final class Entrance {
    /** The option that names a file for one sentence, when the agent can't start. */
    private static final String REPORT = "report=";

    /** The option that says where the agent's jar is, when that is not the one that this class came from. */
    private static final String JAR = "jar=";

    private static BiConsumer<String, Instrumentation> agent;
    /** Of the agent before; until it is collected, the JVM would load the agent's libraries for no other. */
    private static WeakReference<AgentLoader> loader = new WeakReference<>(null);

    private Entrance() {}

    /**
     * By -javaagent.
     *
     * @param options see {@code org.dyntrace.agent.Options}; null for none
     * @param instrumentation the JVM's
     */
    public static void premain(String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    /**
     * By the Attach API. Again and again: then the agent that is there looks for its daemon.
     *
     * @param options as above
     * @param instrumentation the JVM's
     */
    public static void agentmain(String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    @SuppressWarnings("unchecked")
    private static synchronized void start(String options, Instrumentation instrumentation) {
        try {
            if (agent == null) {
                Path jar = jar(options == null ? "" : options);
                AgentLoader from = loader.get();
                if (from == null || !from.reopen(jar)) {
                    from = AgentLoader.open(jar);
                    loader = new WeakReference<>(from);
                }
                Class<?> type = from.loadClass("org.dyntrace.agent.Agent");
                // A program that is itself a module, such as jshell, may have this one in no layer that the agent's
                // reads.
                instrumentation.redefineModule(
                        type.getModule(),
                        Set.of(Instrumentation.class.getModule()),
                        Map.of(),
                        Map.of(),
                        Set.of(),
                        Map.of());
                agent = (BiConsumer<String, Instrumentation>)
                        type.getConstructor(Path.class).newInstance(jar);
            }
            agent.accept(options == null ? "" : options, instrumentation);
        } catch (Throwable problem) {
            // An exception from premain would end the JVM, one from agentmain print a stack trace on its stderr.
            report(options == null ? "" : options, problem.getCause() == null ? problem : problem.getCause());
        }
    }

    private static Path jar(String options) throws URISyntaxException {
        String given = option(options, JAR);
        return given != null
                ? Path.of(given)
                : Path.of(Entrance.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
    }

    /** The agent leaves: the next one that is let in is another. */
    static synchronized void forget() {
        agent = null;
    }

    private static void report(String options, Throwable problem) {
        String file = option(options, REPORT);
        if (file == null) {
            return;
        }
        try {
            Files.writeString(
                    Path.of(file), problem.toString(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException | RuntimeException e) {
            // Then the daemon says only that the agent did not come.
        }
    }

    /** {@return the value of an option, or null} */
    private static String option(String options, String name) {
        for (String option : options.split(",", -1)) {
            if (option.startsWith(name)) {
                return option.substring(name.length()).replace("%2C", ",").replace("%25", "%");
            }
        }
        return null;
    }
}
