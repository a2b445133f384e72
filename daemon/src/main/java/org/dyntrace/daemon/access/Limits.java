package org.dyntrace.daemon.access;

/**
 * How much of the daemon others can take. Each is a setting of its own; what is beyond is refused, and nobody else notices.
 *
 * @param connections open connections to the JMX socket, and sessions on them, of all users
 * @param connectionsPerUser of one user; root may have all
 * @param remoteConnections open TLS connections, where remote access is configured
 * @param requestBytes length of one request
 * @param idleSeconds how long a connection may be silent; clients connect again by themselves
 * @param answerSeconds how long a client may leave its answer unread
 * @param agents connected agents
 * @param agentsPerUser agents in the processes of one user; root may have all
 * @param tracepoints tracepoints of all processes
 * @param tracepointsPerProcess tracepoints of one process
 */
public record Limits(
        int connections,
        int connectionsPerUser,
        int remoteConnections,
        int requestBytes,
        int idleSeconds,
        int answerSeconds,
        int agents,
        int agentsPerUser,
        int tracepoints,
        int tracepointsPerProcess) {
    /** {@return what a daemon without settings uses} */
    public static Limits defaults() {
        return new Limits(256, 64, 32, 1 << 20, 600, 30, 4096, 1024, 100_000, 5000);
    }
}
