package org.dyntrace.agent.boot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Defines the two classes that traced code and tracers meet in. They go into java.lang: that is the one package that all
 * class loaders, OSGi's included, leave to the JVM.
 */
public final class BootClasses {
    private static final int FIRST_WITH_CARRIERS = 21;

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
                lookup.ensureInitialized(lookup.defineClass(onCarriers(bytes(name))));
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

    /** A virtual thread counts in its carrier's block: there are few carriers, and none is left within a hit. */
    private static byte[] onCarriers(byte[] original) {
        if (Runtime.version().feature() < FIRST_WITH_CARRIERS) {
            return original;
        }
        ClassReader reader = new ClassReader(original);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        return new OnCarrier(super.visitMethod(access, name, descriptor, signature, exceptions));
                    }
                },
                0);
        return writer.toByteArray();
    }

    private static final class OnCarrier extends MethodVisitor {
        OnCarrier(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            boolean current = owner.equals("java/lang/Thread") && name.equals("currentThread");
            super.visitMethodInsn(opcode, owner, current ? "currentCarrierThread" : name, descriptor, isInterface);
        }
    }
}
