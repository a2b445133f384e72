package org.dyntrace.jmc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** Bundles that stand in for what of JMC is on no public repository. */
final class HostBundles {
    /** Classes of these tests that are in the host, by how their names begin. */
    private static final List<String> HOST_CLASSES = List.of(
            "org/openjdk/jmc/", "org/dyntrace/jmc/host/", "org/dyntrace/jmc/tab/Freezes", "org/dyntrace/jmc/tab/Loop");

    private HostBundles() {}

    /** Makes a bundle with the extension points of JMC's user interface, and the types that the plug-in gets from it. */
    static Path host(Path directory) throws IOException {
        Path jar = directory.resolve("host.jar");
        Manifest manifest = manifest(
                "org.dyntrace.jmc.host;singleton:=true",
                "1.0.0",
                Map.of(
                        "Require-Bundle",
                        "org.eclipse.core.runtime,org.eclipse.swt,org.eclipse.jface,org.eclipse.ui.forms,"
                                + "org.eclipse.e4.core.contexts,org.eclipse.e4.core.di,"
                                + "org.openjdk.jmc.common,org.openjdk.jmc.flightrecorder,org.openjdk.jmc.rjmx.common",
                        "Import-Package",
                        "javax.management,javax.management.remote",
                        "Export-Package",
                        "org.openjdk.jmc.rjmx,org.openjdk.jmc.rjmx.actionprovider,org.openjdk.jmc.flightrecorder.ui"));
        Map<String, String> files = new HashMap<>(Map.of("plugin.xml", "host.xml"));
        hostClasses().forEach(file -> files.put(file, file));
        return write(jar, manifest, files);
    }

    private static List<String> hostClasses() throws IOException {
        Path tests = Path.of("target/test-classes");
        try (Stream<Path> all = Files.walk(tests)) {
            return all.map(file -> tests.relativize(file).toString())
                    .filter(file ->
                            file.endsWith(".class") && HOST_CLASSES.stream().anyMatch(file::startsWith))
                    .toList();
        }
    }

    /** Makes a bundle of the names that Eclipse's styles ask for; no bundle on Maven Central has them, and nothing here uses them. */
    static Path styles(Path directory) throws IOException {
        Path jar = directory.resolve("styles.jar");
        Manifest manifest = manifest(
                "org.apache.batik.css",
                "1.17.0",
                Map.of(
                        "Export-Package",
                        "org.w3c.css.sac;version=\"1.3.0\",org.w3c.css.sac.helpers;version=\"1.3.0\""));
        // A package that is exported has to have something in it.
        return write(
                jar,
                manifest,
                Map.of("org/w3c/css/sac/nothing", "host.xml", "org/w3c/css/sac/helpers/nothing", "host.xml"));
    }

    private static Manifest manifest(String name, String version, Map<String, String> more) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        main.putValue("Bundle-Version", version);
        more.forEach(main::putValue);
        return manifest;
    }

    /** Writes a bundle; its files are named with the resources that they are. */
    private static Path write(Path jar, Manifest manifest, Map<String, String> files) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out, manifest)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                try (InputStream in = HostBundles.class.getClassLoader().getResourceAsStream(file.getValue())) {
                    in.transferTo(zip);
                }
            }
        }
        return jar;
    }
}
