package org.dyntrace.agent.weave;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Puts a call at the beginning of a method. */
final class PointVisitor extends MethodVisitor {
    private final HitsCall call;

    PointVisitor(MethodVisitor next, HitsCall call) {
        super(Opcodes.ASM9, next);
        this.call = call;
    }

    @Override
    public void visitCode() {
        super.visitCode();
        call.enter(mv);
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
        super.visitMaxs(Math.max(maxStack, HitsCall.STACK), maxLocals);
    }
}
