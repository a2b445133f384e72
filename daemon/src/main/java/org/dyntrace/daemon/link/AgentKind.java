package org.dyntrace.daemon.link;

/** What kind of agent is at the other end. */
public enum AgentKind {
    /** The C library in a native process. */
    NATIVE,
    /** The Java agent in a JVM. */
    JVM
}
