package org.dyntrace.mbeans.connector;

import java.io.IOException;
import java.net.MalformedURLException;
import java.nio.file.Path;
import java.util.Map;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorProvider;
import javax.management.remote.JMXServiceURL;
import org.dyntrace.mbeans.Failure;

/**
 * Lets any JMX client that has this jar on its class path reach a daemon through its Unix socket, by the address {@code
 * service:jmx:dyntrace:///run/dyntrace}, which names the run directory. The JDK finds it as a service.
 */
public final class UnixConnectorProvider implements JMXConnectorProvider {
    private static final String PROTOCOL = "dyntrace";

    /** Nothing to set up. */
    public UnixConnectorProvider() {}

    /**
     * The address of a daemon.
     *
     * @param directory its run directory
     * @return the address, as text
     */
    public static String address(RunDirectory directory) {
        return "service:jmx:" + PROTOCOL + "://" + directory;
    }

    @Override
    public JMXConnector newJMXConnector(JMXServiceURL address, Map<String, ?> environment) throws IOException {
        if (!address.getProtocol().equals(PROTOCOL)) {
            throw new MalformedURLException(address + " is no address of a dyntrace daemon");
        }
        RunDirectory directory = new RunDirectory(Path.of(address.getURLPath()));
        try {
            return DaemonConnection.connector(directory);
        } catch (Failure failure) {
            throw new IOException(failure.getMessage() + " " + failure.hint(), failure);
        }
    }
}
