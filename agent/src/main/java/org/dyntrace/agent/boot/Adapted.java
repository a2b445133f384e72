package org.dyntrace.agent.boot;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * DyntraceHits as this JVM needs it. It was compiled for JDK 17; where there are virtual threads it shall look at the carrier and not at
 * the virtual thread on it: it is the carrier whose counters nobody else writes in the meantime.
 */
final class Adapted extends ClassVisitor {
    private static final int FIRST_WITH_CARRIERS = 21;
    private static final String THREAD = "java/lang/Thread";

    private Adapted(ClassVisitor to) {
        super(Opcodes.ASM9, to);
    }

    static byte[] adapt(byte[] original) {
        ClassReader reader = new ClassReader(original);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(new Adapted(writer), 0);
        return writer.toByteArray();
    }

    @Override
    public MethodVisitor visitMethod(
            int access, String name, String descriptor, String signature, String[] exceptions) {
        MethodVisitor to = super.visitMethod(access, name, descriptor, signature, exceptions);
        if (name.equals("room")) {
            return new Roomy(to);
        }
        if (Runtime.version().feature() < FIRST_WITH_CARRIERS) {
            return to;
        }
        return switch (name) {
            case "carrier" -> new OtherCall(to, "currentThread", "currentCarrierThread");
            case "pin", "unpin" -> new Continuations(to, name);
            default -> to;
        };
    }

    /** Has many local variables. */
    private static final class Roomy extends MethodVisitor {
        private static final int SLOTS = 256;

        Roomy(MethodVisitor visitor) {
            super(Opcodes.ASM9, visitor);
        }

        @Override
        public void visitMaxs(int maxStack, int maxLocals) {
            super.visitMaxs(maxStack, SLOTS);
        }
    }

    /** Calls another method of Thread instead of one. */
    private static final class OtherCall extends MethodVisitor {
        private final String from;
        private final String to;

        OtherCall(MethodVisitor visitor, String from, String to) {
            super(Opcodes.ASM9, visitor);
            this.from = from;
            this.to = to;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            boolean other = owner.equals(THREAD) && name.equals(from);
            super.visitMethodInsn(opcode, owner, other ? to : name, descriptor, isInterface);
        }
    }

    /** Calls the method of the same name of Continuation first. */
    private static final class Continuations extends MethodVisitor {
        private final String name;

        Continuations(MethodVisitor visitor, String name) {
            super(Opcodes.ASM9, visitor);
            this.name = name;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            super.visitMethodInsn(Opcodes.INVOKESTATIC, "jdk/internal/vm/Continuation", name, "()V", false);
        }
    }
}
