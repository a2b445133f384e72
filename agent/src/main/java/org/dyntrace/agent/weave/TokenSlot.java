package org.dyntrace.agent.weave;

import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.TypePath;

/** Makes room for the token behind a method's parameters: moves its other local variables up by one, in frames as well. */
final class TokenSlot extends MethodVisitor {
    private final int slot;

    /** Upstream is the method's code, downstream {@link PairVisitor}. */
    TokenSlot(MethodVisitor next, int slot) {
        super(Opcodes.ASM9, next);
        this.slot = slot;
    }

    private int moved(int index) {
        return index >= slot ? index + 1 : index;
    }

    @Override
    public void visitVarInsn(int opcode, int index) {
        super.visitVarInsn(opcode, moved(index));
    }

    @Override
    public void visitIincInsn(int index, int increment) {
        super.visitIincInsn(moved(index), increment);
    }

    @Override
    public void visitLocalVariable(
            String name, String descriptor, String signature, Label start, Label end, int index) {
        super.visitLocalVariable(name, descriptor, signature, start, end, moved(index));
    }

    @Override
    public AnnotationVisitor visitLocalVariableAnnotation(
            int type, TypePath path, Label[] start, Label[] end, int[] index, String descriptor, boolean visible) {
        int[] to = new int[index.length];
        for (int i = 0; i < index.length; i++) {
            to[i] = moved(index[i]);
        }
        return super.visitLocalVariableAnnotation(type, path, start, end, to, descriptor, visible);
    }

    @Override
    public void visitFrame(int type, int numLocal, Object[] local, int numStack, Object[] stack) {
        List<Object> locals = new ArrayList<>();
        int at = 0;
        boolean there = false;
        for (int i = 0; i < numLocal; i++) {
            if (at == slot && !there) {
                locals.add("java/lang/Object");
                there = true;
            }
            locals.add(local[i]);
            at += Opcodes.LONG.equals(local[i]) || Opcodes.DOUBLE.equals(local[i]) ? 2 : 1;
        }
        if (!there && at > slot) {
            throw new IllegalStateException("a parameter's slot is half of a long");
        }
        while (!there) {
            if (at == slot) {
                locals.add("java/lang/Object");
                there = true;
            } else {
                locals.add(Opcodes.TOP);
                at++;
            }
        }
        super.visitFrame(type, locals.size(), locals.toArray(), numStack, stack);
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
        super.visitMaxs(maxStack, maxLocals + 1);
    }
}
