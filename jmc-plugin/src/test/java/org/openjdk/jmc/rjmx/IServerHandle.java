package org.openjdk.jmc.rjmx;

import org.openjdk.jmc.rjmx.common.IServerDescriptor;

/** For the test host: what of JMC's type of this name the plug-in calls. */
public interface IServerHandle {
    /** {@return which JVM} */
    IServerDescriptor getServerDescriptor();
}
