package org.dyntrace.jmc.model;

import javax.management.MBeanServerConnection;

/**
 * The connection of JMC's console to a JVM, which JMC opens and closes. It ends with that JVM.
 *
 * @param server the MBeans of the JVM
 */
public record GivenWay(MBeanServerConnection server) implements Way {
    @Override
    public MBeanServerConnection connect() {
        return server;
    }

    @Override
    public boolean findsAnother() {
        return false;
    }

    @Override
    public void close() {
        // It is JMC's.
    }
}
