package org.dyntrace.agent.weave;

import java.util.function.Consumer;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Class files as javac does not make them (any more). */
final class MadeClass implements Opcodes {
    private MadeClass() {}

    /** With f(int), which throws above 3, and a constructor with code before super() that leaves an object uninitialised. */
    static byte[] of(int version, String name) {
        return write(version, name, writer -> {
            MethodVisitor f = writer.visitMethod(ACC_PUBLIC | ACC_STATIC, "f", "(I)I", null, null);
            f.visitCode();
            Label good = new Label();
            f.visitVarInsn(ILOAD, 0);
            f.visitInsn(ICONST_3);
            f.visitJumpInsn(IF_ICMPLE, good);
            f.visitInsn(ACONST_NULL);
            f.visitInsn(ATHROW);
            f.visitLabel(good);
            f.visitTypeInsn(NEW, name);
            f.visitInsn(DUP);
            f.visitVarInsn(ILOAD, 0);
            f.visitMethodInsn(INVOKESPECIAL, name, "<init>", "(I)V", false);
            f.visitInsn(POP);
            f.visitVarInsn(ILOAD, 0);
            f.visitInsn(IRETURN);
            f.visitMaxs(0, 0);
            f.visitEnd();
            MethodVisitor init = writer.visitMethod(ACC_PUBLIC, "<init>", "(I)V", null, null);
            init.visitCode();
            Label other = new Label();
            init.visitTypeInsn(NEW, "java/lang/Object");
            init.visitInsn(POP);
            init.visitVarInsn(ILOAD, 1);
            init.visitJumpInsn(IFLE, other);
            init.visitVarInsn(ALOAD, 0);
            init.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
            init.visitInsn(RETURN);
            init.visitLabel(other);
            init.visitVarInsn(ALOAD, 0);
            init.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
            init.visitInsn(RETURN);
            init.visitMaxs(0, 0);
            init.visitEnd();
        });
    }

    /** With g(), which calls a subroutine, as finally was compiled. */
    static byte[] withSubroutine(String name) {
        return write(V1_4, name, writer -> {
            MethodVisitor g = writer.visitMethod(ACC_PUBLIC | ACC_STATIC, "g", "()I", null, null);
            g.visitCode();
            Label routine = new Label();
            g.visitJumpInsn(JSR, routine);
            g.visitInsn(ICONST_4);
            g.visitInsn(IRETURN);
            g.visitLabel(routine);
            g.visitVarInsn(ASTORE, 0);
            g.visitVarInsn(RET, 0);
            g.visitMaxs(2, 1);
            g.visitEnd();
        });
    }

    /** With h(), which is nearly as long as a method may be. */
    static byte[] withLongMethod(String name) {
        return write(V17, name, writer -> {
            MethodVisitor h = writer.visitMethod(ACC_PUBLIC | ACC_STATIC, "h", "()I", null, null);
            h.visitCode();
            for (int i = 0; i < 65530; i++) {
                h.visitInsn(NOP);
            }
            h.visitInsn(ICONST_4);
            h.visitInsn(IRETURN);
            h.visitMaxs(1, 0);
            h.visitEnd();
        });
    }

    private static byte[] write(int version, String name, Consumer<ClassWriter> content) {
        boolean frames = (version & 0xffff) > V1_5;
        ClassWriter writer = new ClassWriter(frames ? ClassWriter.COMPUTE_FRAMES : ClassWriter.COMPUTE_MAXS);
        writer.visit(version, ACC_PUBLIC | ACC_SUPER, name, null, "java/lang/Object", null);
        content.accept(writer);
        writer.visitEnd();
        return writer.toByteArray();
    }
}
