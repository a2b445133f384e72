package org.dyntrace.jmc;

import static org.dyntrace.jmc.Equinox.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.rjmx.IServerHandle;
import org.openjdk.jmc.rjmx.actionprovider.IActionFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/**
 * The bundle in Equinox, with the bundles of Eclipse and of JMC's core, and a small host that has the extension points of JMC's user
 * interface.
 */
class EquinoxTest {
    private static final List<Class<?>> HOST_CLASSES = List.of(IServerHandle.class, IActionFactory.class);

    @TempDir
    private Path directory;

    @Test
    void resolvesAndMakesEveryContribution() throws Exception {
        Path built = Path.of("target/classes").toAbsolutePath();
        try (Equinox equinox = new Equinox(directory, host(), styles(), built)) {
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

            Object pages = contributed(equinox, "org.openjdk.jmc.flightrecorder.ui.datapage");
            assertNotNull(ours.getEntry(attribute(pages, "file")));

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
        Object registry = equinox.service("org.eclipse.core.runtime.IExtensionRegistry");
        Object all = call(registry, "getConfigurationElementsFor", point);
        assertEquals(1, Array.getLength(all), point);
        return Array.get(all, 0);
    }

    private static String attribute(Object element, String name) throws ReflectiveOperationException {
        return (String) call(element, "getAttribute", name);
    }

    /** A name that Eclipse's styles ask for; no bundle on Maven Central has it, and nothing here uses them. */
    private Path styles() throws IOException {
        Path jar = directory.resolve("styles.jar");
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "org.apache.batik.css");
        main.putValue("Bundle-Version", "1.17.0");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return jar;
    }

    private Path host() throws IOException {
        Path jar = directory.resolve("host.jar");
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "org.dyntrace.jmc.host;singleton:=true");
        main.putValue("Require-Bundle", "org.openjdk.jmc.common,org.openjdk.jmc.rjmx.common");
        main.putValue("Export-Package", "org.openjdk.jmc.rjmx,org.openjdk.jmc.rjmx.actionprovider");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out, manifest)) {
            for (Class<?> each : HOST_CLASSES) {
                copy(
                        zip,
                        each.getName().replace('.', '/') + ".class",
                        each.getName().replace('.', '/') + ".class");
            }
            copy(zip, "host.xml", "plugin.xml");
        }
        return jar;
    }

    private static void copy(JarOutputStream to, String resource, String name) throws IOException {
        to.putNextEntry(new ZipEntry(name));
        try (InputStream in = EquinoxTest.class.getClassLoader().getResourceAsStream(resource)) {
            in.transferTo(to);
        }
    }
}
