package org.dyntrace.agent.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Puts calls at the beginning of a method and at each of its exits. All of the method's own instructions lie in a try
 * block whose handler calls and throws on; the calls themselves lie outside of it, so that none is made twice.
 *
 * <p>In a constructor the instructions up to the call of super(…) or this(…) have a handler of their own: the verifier wants to
 * hear there that the object is not initialised yet, and allows such a handler because it only throws.
 *
 * <p>The handlers' frames name no local variable but the token, so that they fit wherever they are entered from.
 */
final class PairVisitor extends InstructionVisitor {
    private record Range(Label from, Label to) {}

    private final HitsCall call;
    private final boolean frames;
    /** Where the token is: the slot behind the parameters, those of the method are moved up by {@link TokenSlot}. */
    private final int token;

    private final List<Range> early = new ArrayList<>();
    private final List<Range> ranges = new ArrayList<>();
    private boolean initialised;
    private int pendingNews;
    private Label open;

    /**
     * For one method.
     *
     * @param frames whether the class has frames
     * @param constructor whether this begins uninitialised
     * @param parameters slots of this and the parameters
     */
    PairVisitor(MethodVisitor next, HitsCall call, boolean frames, boolean constructor, int parameters) {
        super(next);
        this.call = call;
        this.frames = frames;
        this.initialised = !constructor;
        this.token = parameters;
    }

    static int slots(int access, String descriptor) {
        int all = Type.getArgumentsAndReturnSizes(descriptor) >> 2;
        return (access & Opcodes.ACC_STATIC) != 0 ? all - 1 : all;
    }

    private boolean timed() {
        return call.form() == Form.TIMED_PAIR;
    }

    @Override
    public void visitCode() {
        super.visitCode();
        call.enter(mv);
        if (timed()) {
            mv.visitVarInsn(Opcodes.ASTORE, token);
        }
    }

    @Override
    void before(int opcode) {
        if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
            endRange();
            exit();
            return;
        }
        if (open == null) {
            open = new Label();
            mv.visitLabel(open);
        }
        if (opcode == Opcodes.NEW) {
            pendingNews++;
        }
    }

    private void exit() {
        if (timed()) {
            mv.visitVarInsn(Opcodes.ALOAD, token);
        }
        call.exit(mv);
    }

    private void endRange() {
        if (open == null) {
            return;
        }
        Label end = new Label();
        mv.visitLabel(end);
        (initialised ? ranges : early).add(new Range(open, end));
        open = null;
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        if (opcode != Opcodes.INVOKESPECIAL || !name.equals("<init>")) {
            return;
        }
        if (pendingNews > 0) {
            pendingNews--;
        } else if (!initialised) {
            endRange();
            initialised = true;
        }
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
        endRange();
        handle(early, Opcodes.UNINITIALIZED_THIS);
        handle(ranges, Opcodes.TOP);
        super.visitMaxs(maxStack + HitsCall.STACK, maxLocals);
    }

    private void handle(List<Range> covered, Integer self) {
        if (covered.isEmpty()) {
            return;
        }
        Label handler = new Label();
        for (Range range : covered) {
            mv.visitTryCatchBlock(range.from(), range.to(), handler, null);
        }
        mv.visitLabel(handler);
        if (frames) {
            Object[] locals = locals(self);
            mv.visitFrame(Opcodes.F_NEW, locals.length, locals, 1, new Object[] {"java/lang/Throwable"});
        }
        exit();
        mv.visitInsn(Opcodes.ATHROW);
    }

    private Object[] locals(Integer self) {
        if (!timed()) {
            return self.equals(Opcodes.TOP) ? new Object[0] : new Object[] {self};
        }
        Object[] locals = new Object[token + 1];
        Arrays.fill(locals, Opcodes.TOP);
        if (token > 0) {
            locals[0] = self;
        }
        locals[token] = "java/lang/Object";
        return locals;
    }
}
