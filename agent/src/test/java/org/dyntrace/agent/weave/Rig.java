package org.dyntrace.agent.weave;

import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.dyntrace.agent.natives.Natives;

/** What a scenario works with: the weaver of this JVM. */
final class Rig {
    static final Progress NOBODY = (done, all) -> {};

    final Instrumentation instrumentation;
    final Weaver weaver;
    private final Map<Integer, KnownSites> sites = new HashMap<>();

    private Rig(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
        this.weaver = new Weaver(instrumentation);
    }

    static Rig of(Instrumentation instrumentation) {
        Natives.load(System.getProperty("agent.natives"));
        return new Rig(instrumentation);
    }

    /** Places a tracepoint in all methods whose class and name, dot between, match. */
    KnownSites place(int number, Form form, String regex) {
        KnownSites known = new KnownSites();
        sites.put(number, known);
        weaver.place(new Weaving(number, new ByRegex(regex), form, known), NOBODY);
        return known;
    }

    void remove(int number) {
        weaver.remove(number, NOBODY);
    }

    static Class<?> program(String name) throws ClassNotFoundException {
        return ClassLoader.getSystemClassLoader().loadClass("org.dyntrace.agent.program." + name);
    }

    static void check(boolean good, String what) {
        if (!good) {
            throw new AssertionError(what);
        }
    }

    static void equal(long expected, long found, String what) {
        check(expected == found, what + ": " + expected + " expected, " + found + " found");
    }

    /** Class names may match with any method. */
    private static final class ByRegex implements MethodPattern {
        private final Pattern whole;
        private final String prefix;

        ByRegex(String regex) {
            this.whole = Pattern.compile(regex);
            this.prefix = regex.replaceAll("[^A-Za-z0-9_.\\\\].*", "")
                    .replaceAll("\\.$", "")
                    .replace("\\", "");
        }

        @Override
        public boolean matchesClass(String dottedName) {
            return dottedName.startsWith(prefix.substring(0, Math.min(prefix.length(), dottedName.length())));
        }

        @Override
        public boolean matches(String dottedClass, String method, String descriptor) {
            return whole.matcher(dottedClass + "." + method).matches();
        }
    }
}
