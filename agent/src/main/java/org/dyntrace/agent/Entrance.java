package org.dyntrace.agent;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
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

    private static BiConsumer<String, Instrumentation> agent;

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
                Path jar = Path.of(Entrance.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
                Class<?> type = AgentLoader.open(jar).loadClass("org.dyntrace.agent.Agent");
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

    private static void report(String options, Throwable problem) {
        for (String option : options.split(",", -1)) {
            if (option.startsWith(REPORT)) {
                String file =
                        option.substring(REPORT.length()).replace("%2C", ",").replace("%25", "%");
                try {
                    Files.writeString(
                            Path.of(file), problem.toString(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                } catch (IOException | RuntimeException e) {
                    // Then the daemon says only that the agent did not come.
                }
            }
        }
    }
}
