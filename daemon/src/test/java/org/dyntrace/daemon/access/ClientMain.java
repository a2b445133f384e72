package org.dyntrace.daemon.access;

import java.nio.file.Path;
import javax.management.ObjectName;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.connector.DaemonConnection;

/** A client in a JVM of its own: asks who it is, so many times, and prints the answers that differ from the one before. */
public final class ClientMain {
    private ClientMain() {}

    /**
     * Runs it.
     *
     * @param arguments run directory, count
     * @throws Exception when something fails that is no Failure
     */
    public static void main(String[] arguments) throws Exception {
        try (DaemonConnection connection = DaemonConnection.open(Path.of(arguments[0]))) {
            System.out.println("pid=" + ProcessHandle.current().pid());
            Object last = "";
            for (int i = Integer.parseInt(arguments[1]); i > 0; i--) {
                Object caller = connection.server().getAttribute(new ObjectName("dyntrace:type=Who"), "Caller");
                if (!caller.equals(last)) {
                    System.out.println(caller);
                }
                last = caller;
            }
        } catch (Failure e) {
            System.out.println(e.reason() + ": " + e.getMessage());
            System.exit(e.reason().exitCode());
        }
    }
}
