package org.dyntrace.agent;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/**
 * Where the JVM lets the agent in, by -javaagent or by the Attach API. This class and its loader are all that the
 * application can see; nothing that goes wrong here may reach it.
 */
public final class Entrance {
    /** Where a daemon finds why the agent did not start: a system property. */
    static final String FAILURE = "dyntrace.agent.failure";

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
                AgentLoader loader = new AgentLoader(jar);
                agent = (BiConsumer<String, Instrumentation>) loader.loadClass("org.dyntrace.agent.Agent")
                        .getConstructor(Path.class)
                        .newInstance(jar);
            }
            agent.accept(options == null ? "" : options, instrumentation);
            System.clearProperty(FAILURE);
        } catch (Throwable problem) {
            // An exception from premain would end the JVM, one from agentmain print a stack trace on its stderr.
            Throwable cause = problem.getCause() == null ? problem : problem.getCause();
            System.setProperty(FAILURE, String.valueOf(cause));
        }
    }
}
