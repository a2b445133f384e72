package org.dyntrace.jmc.tab;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXServiceURL;
import org.openjdk.jmc.rjmx.common.ConnectionDescriptorBuilder;
import org.openjdk.jmc.rjmx.common.ConnectionException;
import org.openjdk.jmc.rjmx.common.IServerDescriptor;
import org.openjdk.jmc.rjmx.common.internal.RJMXConnection;

/** The connection of JMC itself to a local JVM, which it attaches to, and which its console gives to tabs. */
final class JmcConnection implements AutoCloseable {
    private final RJMXConnection connection;

    JmcConnection(String pid) throws AttachNotSupportedException, IOException, ConnectionException {
        VirtualMachine jvm = VirtualMachine.attach(pid);
        String address = jvm.startLocalManagementAgent();
        jvm.detach();
        connection = new RJMXConnection(
                new ConnectionDescriptorBuilder()
                        .url(new JMXServiceURL(address))
                        .build(),
                IServerDescriptor.create(pid, pid, null),
                () -> {});
        connection.connect();
    }

    MBeanServerConnection server() {
        return connection.getMBeanServer();
    }

    @Override
    public void close() {
        connection.close();
    }
}
