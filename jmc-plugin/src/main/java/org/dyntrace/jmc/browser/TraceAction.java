package org.dyntrace.jmc.browser;

import java.util.Optional;
import org.dyntrace.jmc.tab.DaemonWindow;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.connector.DaemonConnection;
import org.dyntrace.mbeans.connector.RunDirectory;
import org.eclipse.swt.widgets.Display;
import org.openjdk.jmc.common.action.Executable;
import org.openjdk.jmc.common.jvm.JVMDescriptor;
import org.openjdk.jmc.rjmx.common.IServerDescriptor;

/** "Trace with dyntrace…": opens the daemon of this machine on a JVM. JMC runs it away from the thread of its user interface. */
final class TraceAction implements Executable {
    private final IServerDescriptor server;

    TraceAction(IServerDescriptor server) {
        this.server = server;
    }

    @Override
    public void execute() {
        JVMDescriptor jvm = server.getJvmInfo();
        if (jvm == null || jvm.getPid() == null) {
            throw new IllegalStateException(
                    server.getDisplayName() + " is on another machine. Open the JMX console of the dyntraced there.");
        }
        DaemonConnection connection;
        try {
            connection = DaemonConnection.open(RunDirectory.forClient(Optional.empty(), false));
        } catch (Failure failure) {
            // JMC shows the message alone.
            throw new IllegalStateException(failure.getMessage() + " " + failure.hint(), failure);
        }
        Display display = Display.getDefault();
        display.asyncExec(() -> DaemonWindow.open(display, connection, jvm.getPid(), server.getDisplayName()));
    }
}
