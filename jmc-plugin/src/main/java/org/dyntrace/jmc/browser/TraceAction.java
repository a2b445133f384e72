package org.dyntrace.jmc.browser;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.dyntrace.jmc.model.SocketWay;
import org.dyntrace.jmc.tab.DaemonWindow;
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
        String title = server.getDisplayName();
        Display display = Display.getDefault();
        if (jvm == null || jvm.getPid() == null || !isHere(jvm)) {
            display.asyncExec(() -> DaemonWindow.elsewhere(display, title));
            return;
        }
        SocketWay way = new SocketWay(() -> RunDirectory.forClient(Optional.empty(), false));
        display.asyncExec(() -> DaemonWindow.open(display, way, jvm.getPid(), title));
    }

    /** JVMs of other machines that announce themselves have a pid as well, which may be another program's here. */
    private static boolean isHere(JVMDescriptor jvm) {
        Path commandLine = Path.of("/proc", jvm.getPid().toString(), "cmdline");
        try {
            String words = new String(Files.readAllBytes(commandLine), StandardCharsets.UTF_8).replace('\0', ' ');
            return jvm.getJavaCommand() == null
                    || words.contains(jvm.getJavaCommand().strip());
        } catch (IOException e) {
            return false;
        }
    }
}
