package org.dyntrace.jmc;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.eclipse.osgi.launch.EquinoxFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.launch.Framework;

/** Equinox with the bundles on this JVM's class path. What lives in there has classes of its own, so it is spoken to by reflection. */
final class Equinox implements AutoCloseable {
    private static final String STARTED = "org.eclipse.(core.runtime|equinox.(common|registry))";
    private static final long STOP_MILLIS = 10_000;

    private final Framework framework;
    private final List<Bundle> bundles = new ArrayList<>();

    /**
     * Starts it.
     *
     * @param directory for what it writes
     * @param more bundles that are not on the class path
     */
    Equinox(Path directory, Path... more) throws BundleException, IOException {
        this(directory, Map.of(), more);
    }

    /**
     * Starts it as Eclipse's launcher does, where bundles get packages of the JDK that they have not imported: JMC's core reads XML so.
     *
     * @param directory for what it writes
     * @param more bundles that are not on the class path
     */
    static Equinox launched(Path directory, Path... more) throws BundleException, IOException {
        return new Equinox(directory, Map.of("osgi.compatibility.bootdelegation", "true"), more);
    }

    private Equinox(Path directory, Map<String, String> settings, Path... more) throws BundleException, IOException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("org.osgi.framework.storage", directory.resolve("equinox").toString());
        all.put("osgi.instance.area", directory.resolve("workspace").toUri().toString());
        framework = new EquinoxFactory().newFramework(all);
        framework.start();
        for (Path bundle : onTheClassPath()) {
            bundles.add(install(bundle));
        }
        for (Path bundle : more) {
            bundles.add(install(bundle));
        }
        for (Bundle bundle : bundles) {
            if (bundle.getSymbolicName().matches(STARTED)) {
                bundle.start();
            }
        }
    }

    private Bundle install(Path bundle) throws BundleException {
        return framework.getBundleContext().installBundle("reference:" + bundle.toUri());
    }

    /** {@return a bundle, by its name} */
    Bundle bundle(String name) {
        return bundles.stream()
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** {@return a service, by the name of its type, which this class path has as well, but as another one} */
    Object service(String type) throws InvalidSyntaxException {
        return framework
                .getBundleContext()
                .getService(framework.getBundleContext().getAllServiceReferences(type, null)[0]);
    }

    /** Calls a public method, whose parameters are of just the types of the arguments. */
    static Object call(Object on, String method, Object... arguments) throws ReflectiveOperationException {
        Class<?>[] types = Arrays.stream(arguments).map(Object::getClass).toArray(Class<?>[]::new);
        var found = on.getClass().getMethod(method, types);
        found.setAccessible(true);
        return found.invoke(on, arguments);
    }

    /** {@return the bundles on the class path, but for the framework itself and what runs tests} */
    static List<Path> onTheClassPath() throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<Path> found = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            if (entry.endsWith(".jar")) {
                try (JarFile jar = new JarFile(entry)) {
                    Attributes main = jar.getManifest() == null
                            ? new Attributes()
                            : jar.getManifest().getMainAttributes();
                    String name = main.getValue("Bundle-SymbolicName");
                    if (name != null && !name.matches("(org.eclipse.osgi;|junit|org.opentest4j).*")) {
                        found.add(Path.of(entry).toAbsolutePath());
                    }
                }
            }
        }
        return found;
    }

    @Override
    public void close() throws BundleException {
        framework.stop();
        try {
            framework.waitForStop(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
