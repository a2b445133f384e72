package org.dyntrace.jmc;

import static org.dyntrace.jmc.Equinox.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.flightrecorder.ui.IDataPageFactory;
import org.openjdk.jmc.rjmx.actionprovider.IActionFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/**
 * The bundle in Equinox, with the bundles of Eclipse and of JMC's core, and a small host that has the extension points of JMC's user
 * interface.
 */
class EquinoxTest {
    @TempDir
    private Path directory;

    @Test
    void resolvesAndMakesEveryContribution() throws Exception {
        Path built = Path.of("target/classes").toAbsolutePath();
        try (Equinox equinox =
                new Equinox(directory, HostBundles.host(directory), HostBundles.styles(directory), built)) {
            Bundle ours = equinox.bundle("org.dyntrace.jmc");
            ours.start(Bundle.START_ACTIVATION_POLICY);
            assertTrue(ours.getState() == Bundle.STARTING || ours.getState() == Bundle.ACTIVE);
            Object tab = call(
                    contributed(equinox, "org.openjdk.jmc.console.ui.consolepage"),
                    "createExecutableExtension",
                    "class");
            assertEquals("org.dyntrace.jmc.tab.DyntraceTab", tab.getClass().getName());

            Object provider = contributed(equinox, "org.openjdk.jmc.rjmx.actionProvider");
            assertNotNull(ours.getEntry(attribute(provider, "icon")));
            Object action = Array.get(call(provider, "getChildren"), 0);
            assertEquals("Trace with dyntrace…", attribute(action, "label"));
            Object factory = call(action, "createExecutableExtension", "factory");
            Class<?> type = ours.loadClass(IActionFactory.class.getName());
            assertTrue(type.isInstance(factory), () -> factory + " is no action factory of the host's");

            Object[] pages = all(equinox, "org.openjdk.jmc.flightrecorder.ui.datapage", 2);
            assertEquals("org.dyntrace.jmc.pages.durations", attribute(pages[0], "id"));
            Object durations = call(pages[0], "createExecutableExtension", "class");
            assertTrue(ours.loadClass(IDataPageFactory.class.getName()).isInstance(durations), durations::toString);
            assertNotNull(ours.getEntry(attribute(pages[1], "file")));

            contributed(equinox, "org.openjdk.jmc.flightrecorder.rules.ruleProvider");
            ClassLoader loader = ours.adapt(BundleWiring.class).getClassLoader();
            TreeSet<String> rules = new TreeSet<>();
            for (Object rule :
                    ServiceLoader.load(ours.loadClass("org.openjdk.jmc.flightrecorder.rules.IRule"), loader)) {
                rules.add((String) call(rule, "getId"));
            }
            assertEquals(5, rules.size(), rules::toString);
            assertTrue(rules.contains("dyntrace.HotTracepoint"), rules::toString);
        }
    }

    /** {@return the only contribution to an extension point} */
    private static Object contributed(Equinox equinox, String point) throws Exception {
        return all(equinox, point, 1)[0];
    }

    private static Object[] all(Equinox equinox, String point, int count) throws Exception {
        Object registry = equinox.service("org.eclipse.core.runtime.IExtensionRegistry");
        Object[] all = (Object[]) call(registry, "getConfigurationElementsFor", point);
        assertEquals(count, all.length, point);
        return all;
    }

    private static String attribute(Object element, String name) throws ReflectiveOperationException {
        return (String) call(element, "getAttribute", name);
    }
}
