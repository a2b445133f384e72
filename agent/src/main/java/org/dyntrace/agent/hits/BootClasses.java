package org.dyntrace.agent.hits;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Defines java.lang.DyntraceHits and java.lang.DyntraceSink. Nothing that refers to them may be used before. */
public final class BootClasses {
    private static final String RESOURCES = "/org/dyntrace/agent/boot/java/lang/";

    private BootClasses() {}

    /**
     * Defines them, unless an agent before us did.
     *
     * @param instrumentation of this JVM
     * @throws IllegalStateException when this JVM does not let us
     */
    public static void define(Instrumentation instrumentation) {
        Module base = Object.class.getModule();
        Set<Module> ours = Set.of(BootClasses.class.getModule());
        instrumentation.redefineModule(base, Set.of(), Map.of(), Map.of("java.lang", ours), Set.of(), Map.of());
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Object.class, MethodHandles.lookup());
            for (String name : List.of("DyntraceSink", "DyntraceHits")) {
                define(lookup, name);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("java.lang is not open to the agent", e);
        }
    }

    private static void define(MethodHandles.Lookup lookup, String name) throws IllegalAccessException {
        try {
            Class.forName("java.lang." + name, true, null);
        } catch (ClassNotFoundException e) {
            Class<?> defined = lookup.defineClass(Carriers.adapt(bytes(name)));
            lookup.ensureInitialized(defined);
        }
    }

    private static byte[] bytes(String name) {
        try (InputStream in = BootClasses.class.getResourceAsStream(RESOURCES + name + ".class")) {
            if (in == null) {
                throw new IllegalStateException("the agent's jar has no " + RESOURCES + name + ".class");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
