package org.dyntrace.agent.weave;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The calls of {@code java.lang.DyntraceHits} for one place of one tracepoint.
 *
 * @param form what is put into the method
 * @param tracepoint its number
 * @param site index of the place
 */
record HitsCall(Form form, int tracepoint, int site) {
    /** Stack slots that a call takes beyond what is there. */
    static final int STACK = 3;

    private static final String OWNER = "java/lang/DyntraceHits";

    void enter(MethodVisitor to) {
        switch (form) {
            case COUNT -> counted(to, "count");
            case COUNT_PAIR -> counted(to, "countEntry");
            case HIT -> traced(to, "hit", "(II)V");
            case PAIR -> traced(to, "enter", "(II)V");
            case TIMED_PAIR -> traced(to, "begin", "(II)Ljava/lang/Object;");
        }
    }

    /** At an exit; for {@link Form#TIMED_PAIR} the token is on the stack. */
    void exit(MethodVisitor to) {
        switch (form) {
            case COUNT_PAIR -> counted(to, "countExit");
            case PAIR -> traced(to, "exit", "(II)V");
            case TIMED_PAIR -> traced(to, "end", "(Ljava/lang/Object;II)V");
            default -> throw new IllegalStateException(form.name());
        }
    }

    private void counted(MethodVisitor to, String method) {
        push(to, tracepoint);
        to.visitMethodInsn(Opcodes.INVOKESTATIC, OWNER, method, "(I)V", false);
    }

    private void traced(MethodVisitor to, String method, String descriptor) {
        push(to, tracepoint);
        push(to, site);
        to.visitMethodInsn(Opcodes.INVOKESTATIC, OWNER, method, descriptor, false);
    }

    private static void push(MethodVisitor to, int value) {
        if (value <= 5) {
            to.visitInsn(Opcodes.ICONST_0 + value);
        } else if (value <= Byte.MAX_VALUE) {
            to.visitIntInsn(Opcodes.BIPUSH, value);
        } else if (value <= Short.MAX_VALUE) {
            to.visitIntInsn(Opcodes.SIPUSH, value);
        } else {
            to.visitLdcInsn(value);
        }
    }
}
