package org.dyntrace.mbeans.connector;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import javax.management.remote.rmi.RMIConnector;
import javax.management.remote.rmi.RMIServer;

/** The JDK's connector. A client's demand for TLS is met without: nobody is between the two ends of a Unix socket. */
final class UnixConnector extends RMIConnector {
    private static final long serialVersionUID = 1L;

    /** JConsole's: without it, it would ask whether to send passwords in plain text. */
    private static final String DEMANDS_TLS = "jmx.remote.x.check.stub";

    UnixConnector(RMIServer stub) {
        super(stub, Map.of());
    }

    @Override
    @SuppressWarnings("BanJNDI") // the stub is given, nothing is looked up
    public void connect(Map<String, ?> environment) throws IOException {
        Map<String, Object> rest = new HashMap<>(environment == null ? Map.of() : environment);
        rest.remove(DEMANDS_TLS);
        super.connect(rest);
    }
}
