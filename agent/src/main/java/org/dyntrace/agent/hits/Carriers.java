package org.dyntrace.agent.hits;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Makes DyntraceHits, compiled for JDK 17, look at the carrier and not at the virtual thread on it, where there are virtual threads: it
 * is the carrier whose counters nobody else writes in the meantime.
 */
final class Carriers extends ClassVisitor {
    private static final String THREAD = "java/lang/Thread";

    private Carriers(ClassVisitor to) {
        super(Opcodes.ASM9, to);
    }

    static byte[] adapt(byte[] original) {
        if (Runtime.version().feature() < 21) {
            return original;
        }
        ClassReader reader = new ClassReader(original);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(new Carriers(writer), 0);
        return writer.toByteArray();
    }

    @Override
    public MethodVisitor visitMethod(
            int access, String name, String descriptor, String signature, String[] exceptions) {
        MethodVisitor to = super.visitMethod(access, name, descriptor, signature, exceptions);
        return switch (name) {
            case "carrier" -> new OtherCall(to, "currentThread", "currentCarrierThread");
            case "letOthersRun" -> new OtherCall(to, "yield", "yield0");
            case "pin", "unpin" -> new Continuations(to, name);
            default -> to;
        };
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
