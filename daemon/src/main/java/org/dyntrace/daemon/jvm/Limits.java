package org.dyntrace.daemon.jvm;

import java.time.Duration;

/**
 * How long a JVM may take.
 *
 * @param listen until it listens
 * @param load until the agent has started
 */
record Limits(Duration listen, Duration load) {
    static final Limits USUAL = new Limits(Duration.ofSeconds(10), Duration.ofSeconds(30));

    private static final Duration FILES = Duration.ofSeconds(5);

    /** {@return until everything is given up, whatever it hangs in; a target's file system may be one that answers never} */
    Duration all() {
        return listen.plus(load).plus(FILES);
    }
}
