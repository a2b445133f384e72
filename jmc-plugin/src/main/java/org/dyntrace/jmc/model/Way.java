package org.dyntrace.jmc.model;

import javax.management.MBeanServerConnection;

/** A way to the MBeans of what may be a daemon. */
public interface Way extends AutoCloseable {
    /**
     * Connects, unless it is connected; waits for the other side.
     *
     * @return the MBeans
     * @throws Exception what connecting throws; {@link org.dyntrace.mbeans.connector.DaemonConnection#failure} explains it
     */
    MBeanServerConnection connect() throws Exception;

    /** {@return whether it finds a daemon that has come in the place of one that is gone} */
    boolean findsAnother();

    /** Disconnects, where it has connected; may wait for the other side. */
    @Override
    void close();
}
