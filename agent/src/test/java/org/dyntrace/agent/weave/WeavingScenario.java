package org.dyntrace.agent.weave;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.objectweb.asm.Opcodes;

/** All kinds of methods, class files, class loaders; several tracepoints in one method; a class that the JVM refuses. */
public final class WeavingScenario {
    private static final int TIMES = 5000;
    private static final List<Form> PAIRS = List.of(Form.COUNT_PAIR, Form.PAIR, Form.TIMED_PAIR);

    private WeavingScenario() {}

    public static void run(Instrumentation instrumentation, List<String> arguments) throws Exception {
        Rig rig = Rig.of(instrumentation);
        throwing(rig);
        versions(rig);
        refusals(rig);
        archivedConstructor(rig);
        loaders(rig);
        badClass(rig);
        weaverCloses(rig);
    }

    private static void throwing(Rig rig) throws Exception {
        Method run = Rig.program("Throwing").getMethod("run", int.class);
        Object expected = run.invoke(null, TIMES);
        String all = "org.dyntrace.agent.program.Throwing.*";
        for (int several = 0; several < 4; several++) {
            for (int i = 0; i < PAIRS.size(); i++) {
                for (int k = 0; k <= several; k++) {
                    int number = 10 * (k + 1) + i;
                    DyntraceHits.clear(number);
                    DyntraceHits.place(number, new Tokens());
                    KnownSites sites = rig.place(number, PAIRS.get((i + k) % PAIRS.size()), all);
                    Rig.check(sites.placed() >= 9 && sites.refusals().isEmpty(), sites.placed() + " places");
                    Rig.check(sites.rejections().isEmpty(), sites.rejections().toString());
                }
                Rig.check(expected.equals(run.invoke(null, TIMES)), "the program found something else");
                for (int k = 0; k <= several; k++) {
                    long[] counts = DyntraceHits.read(10 * (k + 1) + i);
                    Rig.check(counts[0] > 5 * TIMES, "entries: " + counts[0]);
                    Rig.equal(counts[0], counts[1], "exits of " + PAIRS.get((i + k) % PAIRS.size()));
                    Rig.equal(0, counts[2], "lost");
                    rig.remove(10 * (k + 1) + i);
                }
            }
        }
        System.out.println("throwing: fine");
    }

    private static void versions(Rig rig) throws Exception {
        int latest = Runtime.version().feature() + 44;
        for (int version = 45; version <= latest; version++) {
            int file = version == 45 ? Opcodes.V1_1 : version;
            for (Form form : Form.values()) {
                DyntraceHits.clear(3);
                DyntraceHits.place(3, new Tokens());
                String name = "made.Version" + version + form;
                KnownSites sites = rig.place(3, form, "made.Version" + version + form + ".*");
                // Loaded with it, then again without and with it.
                Class<?> made = new Loader().define(name, MadeClass.of(file, name.replace('.', '/')));
                int expected = calls(made);
                rig.remove(3);
                calls(made);
                KnownSites again = rig.place(3, form, "made.Version" + version + form + ".*");
                expected += calls(made);
                rig.remove(3);
                long[] counts = DyntraceHits.read(3);
                boolean constructor = version > 49 || !form.isPair();
                Rig.equal(constructor ? 2 : 1, sites.placed(), "places in " + name + sites.refusals());
                Rig.equal(constructor ? 2 : 1, again.placed(), "places in " + name);
                Rig.check(sites.rejections().isEmpty() && again.rejections().isEmpty(), "" + again.rejections());
                Rig.equal(expected + (constructor ? 2 * 4 : 0), counts[0], "entries of " + name);
                Rig.equal(form.isPair() ? counts[0] : 0, counts[1], "exits of " + name);
                Rig.equal(0, counts[2], "lost of " + name);
            }
        }
        System.out.println("class files 45 to " + latest + ": fine");
    }

    /** Of f; four of them make an object. */
    private static int calls(Class<?> made) throws Exception {
        Method f = made.getMethod("f", int.class);
        int calls = 0;
        for (int i = 0; i < 6; i++) {
            try {
                calls++;
                Rig.equal(i, (Integer) f.invoke(null, i), "f");
            } catch (InvocationTargetException e) {
                Rig.check(i > 3 && e.getCause() instanceof NullPointerException, "thrown: " + e.getCause());
            }
        }
        return calls;
    }

    private static void refusals(Rig rig) throws Exception {
        Class<?> routine = new Loader().define("made.Routine", MadeClass.withSubroutine("made/Routine"));
        Class<?> huge = new Loader().define("made.Huge", MadeClass.withLongMethod("made/Huge"));
        KnownSites sites = rig.place(4, Form.PAIR, "made.(Routine|Huge).*");
        Rig.equal(4, (Integer) routine.getMethod("g").invoke(null), "g");
        Rig.equal(4, (Integer) huge.getMethod("h").invoke(null), "h");
        Rig.equal(0, sites.placed(), "places");
        String said = sites.refusals().toString();
        Rig.check(said.contains("METHOD_TOO_LONG") && said.contains("UNSUPPORTED"), said);
        rig.remove(4);
        KnownSites points = rig.place(4, Form.COUNT, "made.Routine.*");
        DyntraceHits.clear(4);
        Rig.equal(4, (Integer) routine.getMethod("g").invoke(null), "g");
        Rig.equal(1, DyntraceHits.read(4)[0], "hits of a method with a subroutine");
        Rig.equal(1, points.placed(), "places");
        rig.remove(4);
        KnownSites none = rig.place(4, Form.COUNT, "java\\.lang\\.(Runnable\\.run|Object\\.hashCode)");
        Rig.equal(0, none.placed(), "places");
        Rig.equal(2, none.refusals().size(), "refusals");
        rig.remove(4);
        // Loaded already, and, if this test comes first, loaded afterwards: the class file tells both.
        KnownSites intrinsics =
                rig.place(4, Form.COUNT, "java\\.lang\\.(Long\\.bitCount|Integer\\.bitCount|Object\\.<init>)");
        Rig.equal(0, intrinsics.placed(), "places");
        Rig.equal(3, intrinsics.refusals().size(), "refusals");
        Rig.check(
                intrinsics.refusals().stream()
                        .allMatch(refusal -> refusal.toString().contains("INTRINSIC")),
                intrinsics.refusals().toString());
        rig.remove(4);
        System.out.println("refusals: fine");
    }

    /** From the class-data archive, that is, without frames; the second calls constructors of others on two branches. */
    private static void archivedConstructor(Rig rig) {
        for (Form form : PAIRS) {
            DyntraceHits.clear(4);
            DyntraceHits.place(4, new Tokens());
            KnownSites sites = rig.place(4, form, "java\\.util\\.concurrent\\.locks\\.ReentrantReadWriteLock\\.<init>");
            Rig.equal(0, sites.refusals().size(), "" + sites.refusals());
            for (int i = 0; i < TIMES; i++) {
                Rig.check(new ReentrantReadWriteLock(i % 2 == 0).isFair() == (i % 2 == 0), "fairness");
            }
            long[] counts = DyntraceHits.read(4);
            Rig.check(counts[0] >= TIMES, "entries: " + counts[0]);
            Rig.equal(counts[0], counts[1], "exits");
            rig.remove(4);
        }
        System.out.println("archived constructor: fine");
    }

    /** Some loaded before, some later, some while it is placed; each in a loader of its own. */
    private static void loaders(Rig rig) throws Exception {
        byte[] file = MadeClass.of(Opcodes.V11, "made/Many");
        List<Class<?>> classes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            classes.add(new Loader().define("made.Many", file));
        }
        DyntraceHits.clear(6);
        DyntraceHits.place(6, null);
        Thread loading = new Thread(() -> {
            for (int i = 0; i < 200; i++) {
                Class<?> made = new Loader().define("made.Many", file);
                synchronized (classes) {
                    classes.add(made);
                }
            }
        });
        loading.start();
        KnownSites sites = rig.place(6, Form.COUNT_PAIR, "made.Many.f");
        loading.join();
        rig.weaver.rescan();
        classes.add(new Loader().define("made.Many", file));
        for (Class<?> made : classes) {
            calls(made);
        }
        Rig.equal(221, sites.placed(), "places");
        Rig.equal(221 * 6, DyntraceHits.read(6)[0], "entries");
        Rig.equal(221 * 6, DyntraceHits.read(6)[1], "exits");
        rig.remove(6);
        for (Class<?> made : classes) {
            calls(made);
        }
        Rig.equal(221 * 6, DyntraceHits.read(6)[0], "entries after removal");
        System.out.println("loaders: fine");
    }

    /** Another agent makes nonsense of one class: that alone has no tracepoint. */
    private static void badClass(Rig rig) throws Exception {
        List<Class<?>> classes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            classes.add(new Loader().define("made.Batch" + i, MadeClass.of(Opcodes.V11, "made/Batch" + i)));
        }
        ClassFileTransformer nonsense = new ClassFileTransformer() {
            @Override
            public byte[] transform(
                    ClassLoader loader, String name, Class<?> again, ProtectionDomain domain, byte[] original) {
                return "made/Batch33".equals(name) ? new byte[] {1, 2, 3} : null;
            }
        };
        rig.instrumentation.addTransformer(nonsense, true);
        DyntraceHits.clear(7);
        KnownSites sites = rig.place(7, Form.COUNT, "made.Batch.*\\.f");
        for (Class<?> made : classes) {
            calls(made);
        }
        Rig.equal(1, sites.rejections().size(), "rejections");
        Rig.check(sites.rejections().get(0).contains("made.Batch33: MethodRefusal[reason=WEAVE_REJECTED"), "");
        Rig.equal(49 * 6, DyntraceHits.read(7)[0], "hits of the others");
        rig.instrumentation.removeTransformer(nonsense);
        rig.remove(7);
        System.out.println("bad class: " + sites.rejections());
    }

    private static void weaverCloses(Rig rig) throws Exception {
        Class<?> made = new Loader().define("made.Closing", MadeClass.of(Opcodes.V11, "made/Closing"));
        DyntraceHits.clear(8);
        rig.place(8, Form.COUNT, "made.Closing.f");
        calls(made);
        rig.remove(8);
        calls(made);
        Rig.equal(6, DyntraceHits.read(8)[0], "hits");
    }

    private static final class Loader extends ClassLoader {
        Loader() {
            super(null);
        }

        Class<?> define(String name, byte[] file) {
            return defineClass(name, file, 0, file.length);
        }
    }

    /** Wants to have its tokens back. */
    private static final class Tokens extends Silent {
        @Override
        public Object begin(int site) {
            return site;
        }

        @Override
        public void end(int site, Object token) {
            if (!token.equals(site)) {
                throw new AssertionError("a token of another method");
            }
        }
    }
}
