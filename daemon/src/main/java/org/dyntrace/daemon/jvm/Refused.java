package org.dyntrace.daemon.jvm;

import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** What is told to who asked when a JVM can't be attached to. */
final class Refused {
    private static final String PRELOAD = "or with the agent: -javaagent:<install>/lib/dyntrace/dyntrace-agent.jar.";

    private Refused() {}

    static Failure attachDisabled(ProcessId process) {
        return new Failure(
                Reason.ATTACH_DISABLED,
                "JVM " + process.pid() + " was started with -XX:+DisableAttachMechanism: nothing can attach to it.",
                "Start it without that flag, " + PRELOAD);
    }

    static Failure fewSignals(ProcessId process) {
        return new Failure(
                Reason.ATTACH_DISABLED,
                "JVM " + process.pid() + " was started with -Xrs (-XX:+ReduceSignalUsage) and has no attach socket: the"
                        + " signal that would make one would end it.",
                "Start it without -Xrs, " + PRELOAD);
    }

    static Failure dynamicLoadingDisabled(ProcessId process) {
        return new Failure(
                Reason.DYNAMIC_LOADING_DISABLED,
                "JVM " + process.pid()
                        + " was started with -XX:-EnableDynamicAgentLoading: it loads no agents while it runs.",
                "Start it with -XX:+EnableDynamicAgentLoading, " + PRELOAD);
    }

    static Failure tooOld(ProcessId process, int release) {
        return new Failure(
                Reason.JVM_TOO_OLD,
                "JVM " + process.pid() + " is of Java " + release + "; the agent needs Java " + JvmAttach.OLDEST + ".",
                "Run the program on Java " + JvmAttach.OLDEST + " or later.");
    }

    static Failure notResponding(ProcessId process, String how) {
        return new Failure(
                Reason.JVM_NOT_RESPONDING,
                "JVM " + process.pid() + " " + how + ".",
                "Look whether it has any processor time, then try again.");
    }

    static Failure notAJvm(ProcessId process) {
        return new Failure(
                Reason.NOT_A_JVM, "Process " + process.pid() + " is no JVM.", "Give a native function's name.");
    }

    static Failure notHotSpot(ProcessId process) {
        return new Failure(
                Reason.UNSUPPORTED, "JVM " + process.pid() + " is no HotSpot.", "Run the program on a JVM of OpenJDK.");
    }

    static Failure ownProcess(ProcessId process) {
        return new Failure(
                Reason.OWN_PROCESS, "Process " + process.pid() + " is the dyntrace daemon.", "Trace another process.");
    }

    static Failure foreign(ProcessId process) {
        return new Failure(
                Reason.NOT_PERMITTED,
                "Process " + process.pid() + " runs as another user.",
                "Run the daemon as root, or as the user who runs that process.");
    }

    static Failure files(ProcessId process, String why, Throwable cause) {
        return new Failure(
                Reason.LOAD_FAILED,
                "The agent can't be brought where JVM " + process.pid() + " sees it: " + why + ".",
                "Look whether there is room in its /tmp, and it may write there.",
                cause);
    }

    static Failure agentFailed(ProcessId process, String why) {
        return new Failure(
                Reason.AGENT_FAILED,
                "The agent can't start in JVM " + process.pid() + ": " + why + ".",
                "Look at the program's stderr too.");
    }
}
