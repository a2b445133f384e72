/**
 * The JMX connector over a Unix socket, the client's half: where the daemon's files are, and how to reach it.
 *
 * <p>The connector is the JDK's own (RMI), with sockets that never touch TCP. The daemon writes the RMI stub of its connector to
 * a file; the stub holds a {@link org.dyntrace.mbeans.connector.UnixSocketFactory}, which connects to the Unix socket beside it.
 */
package org.dyntrace.mbeans.connector;
