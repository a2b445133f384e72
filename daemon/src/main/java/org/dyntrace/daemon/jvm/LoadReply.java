package org.dyntrace.daemon.jvm;

import org.dyntrace.daemon.proc.ProcessId;

/** What a JVM answers when it was asked to load an agent: a status, then words. */
final class LoadReply {
    private static final String CODE = "return code: ";
    private static final String NOT_ALLOWED = "Dynamic agent loading is not enabled";

    private static final String NOT_LIVE = "only permitted in the live phase";
    private static final String NO_MODULE = "FindException";

    private LoadReply() {}

    /**
     * {@return whether the JVM can't load agents yet} It listens some milliseconds before it has its modules, and then says so, or
     * throws an exception. The agent has not been touched.
     */
    static boolean isTooEarly(String reply) {
        return reply.contains(NOT_LIVE)
                || reply.contains("Exception") && !reply.contains(CODE) && !reply.contains(NO_MODULE);
    }

    /** Throws the failure that the reply tells of, if it does. */
    static void check(ProcessId process, String reply) {
        String[] lines = reply.split("\n", 2);
        String words = lines.length > 1 ? lines[1].strip() : "";
        if (words.contains(NOT_ALLOWED)) {
            throw Refused.dynamicLoadingDisabled(process);
        }
        if (words.contains(NO_MODULE)) {
            throw Refused.agentFailed(process, "that JVM was built without the module java.instrument");
        }
        if (!words.startsWith(CODE)) {
            throw Refused.agentFailed(process, "the JVM says: " + (words.isEmpty() ? "error " + lines[0] : words));
        }
        String code = words.substring(CODE.length()).strip();
        switch (code) {
            case "0" -> {}
            case "100" -> throw Refused.agentFailed(process, "its jar is no agent jar, or can't be read");
            case "101" -> throw Refused.agentFailed(process, "its jar can't be added to the class path");
            case "102" -> throw Refused.agentFailed(process, "its class threw an exception");
            default -> throw Refused.agentFailed(process, "the JVM's error is " + code);
        }
    }
}
