package org.dyntrace.agent.boot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Set;

/**
 * Defines the two classes that traced code and tracers meet in. They go into java.lang: that is the one package that all
 * class loaders, OSGi's included, leave to the JVM.
 */
public final class BootClasses {
    private BootClasses() {}

    /**
     * Defines them, unless an earlier agent has.
     *
     * @param instrumentation the JVM's; opens java.lang to this module
     */
    public static void define(Instrumentation instrumentation) {
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of("jdk.internal.misc", Set.of(BootClasses.class.getModule())),
                Map.of("java.lang", Set.of(BootClasses.class.getModule())),
                Set.of(),
                Map.of());
        define("DyntraceSink");
        define("DyntraceHits");
    }

    private static void define(String name) {
        try {
            Class.forName("java.lang." + name, true, null);
        } catch (ClassNotFoundException notYet) {
            try {
                MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Object.class, MethodHandles.lookup());
                lookup.ensureInitialized(lookup.defineClass(Adapted.adapt(bytes(name))));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static byte[] bytes(String name) {
        try (InputStream in = BootClasses.class.getClassLoader().getResourceAsStream("java/lang/" + name + ".bin")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
