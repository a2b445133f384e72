package org.dyntrace.jmc;

import java.nio.file.Path;
import java.util.Arrays;
import org.osgi.framework.Bundle;

/** Runs in a JVM with a display: Equinox with the plug-in, where the host shows the page of durations. */
final class DurationDriver {
    private DurationDriver() {}

    /** Arguments: a directory for what Equinox writes, then those of {@link org.dyntrace.jmc.host.Durations}. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Path built = Path.of("target/classes").toAbsolutePath();
        try (Equinox equinox =
                Equinox.launched(directory, HostBundles.host(directory), HostBundles.styles(directory), built)) {
            Bundle ours = equinox.bundle("org.dyntrace.jmc");
            ours.start(Bundle.START_ACTIVATION_POLICY);
            equinox.bundle("org.dyntrace.jmc.host")
                    .loadClass("org.dyntrace.jmc.host.Durations")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (Throwable e) {
            // Threads of the framework would keep this JVM.
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }
}
