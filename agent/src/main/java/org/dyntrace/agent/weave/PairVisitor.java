package org.dyntrace.agent.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Puts calls at the beginning of a method and at each of its exits. The method's own instructions lie in a try block whose
 * handler calls and throws on; the calls themselves lie outside of it, so that none is made twice.
 *
 * <p>A constructor begins when super(…) or this(…) has returned: the verifier lets nobody catch what these throw, and an entry
 * without an exit would be worse than a late one.
 *
 * <p>The handler's frame names no local variable but the token, so that it fits wherever it is entered from.
 */
final class PairVisitor extends InstructionVisitor {
    private record Range(Label from, Label to) {}

    private final HitsCall call;
    private final boolean frames;
    private final Initialisation initialisation;
    /** Where the token is: the slot behind the parameters, those of the method are moved up by {@link TokenSlot}. */
    private final int token;

    private final List<Range> ranges = new ArrayList<>();
    private boolean begun;
    private Label open;

    /**
     * For one method.
     *
     * @param frames whether the class has frames
     * @param initialisation of the object that this constructs; null for other methods
     * @param parameters slots of this and the parameters
     */
    PairVisitor(MethodVisitor next, HitsCall call, boolean frames, Initialisation initialisation, int parameters) {
        super(next);
        this.call = call;
        this.frames = frames;
        this.initialisation = initialisation;
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
        if (initialisation == null) {
            begin();
        } else if (timed()) {
            // The frames say that it is there, from here on.
            mv.visitInsn(Opcodes.ACONST_NULL);
            mv.visitVarInsn(Opcodes.ASTORE, token);
        }
    }

    private void begin() {
        call.enter(mv);
        if (timed()) {
            mv.visitVarInsn(Opcodes.ASTORE, token);
        }
        begun = true;
    }

    @Override
    void before(int opcode) {
        if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
            endRange();
            exit();
        } else if (begun && open == null) {
            open = new Label();
            mv.visitLabel(open);
        }
    }

    private void exit() {
        if (timed()) {
            mv.visitVarInsn(Opcodes.ALOAD, token);
        }
        call.exit(mv);
    }

    private void endRange() {
        if (open != null) {
            Label end = new Label();
            mv.visitLabel(end);
            ranges.add(new Range(open, end));
            open = null;
        }
    }

    @Override
    public void visitFrame(int type, int numLocal, Object[] local, int numStack, Object[] stack) {
        if (initialisation != null) {
            // Constructors with several calls of super(…), each on a branch of its own.
            boolean now = !Arrays.asList(local).subList(0, numLocal).contains(Opcodes.UNINITIALIZED_THIS);
            if (begun && !now) {
                endRange();
            }
            begun = now;
        }
        super.visitFrame(type, numLocal, local, numStack, stack);
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
        boolean constructs = initialisation != null && initialisation.isBy(opcode, name, descriptor);
        if (constructs && begun) {
            throw new NotWoven(MethodRefusal.UNCLEAR_CONSTRUCTOR);
        }
        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        if (constructs) {
            begin();
        }
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
        endRange();
        if (!ranges.isEmpty()) {
            handle();
        }
        // In the handler the exception is on the stack, even if nothing else ever is.
        super.visitMaxs(Math.max(maxStack, 1) + HitsCall.STACK, maxLocals);
    }

    private void handle() {
        Label handler = new Label();
        for (Range range : ranges) {
            mv.visitTryCatchBlock(range.from(), range.to(), handler, null);
        }
        mv.visitLabel(handler);
        if (frames) {
            Object[] locals = locals();
            mv.visitFrame(Opcodes.F_NEW, locals.length, locals, 1, new Object[] {"java/lang/Throwable"});
        }
        exit();
        mv.visitInsn(Opcodes.ATHROW);
    }

    private Object[] locals() {
        if (!timed()) {
            return new Object[0];
        }
        Object[] locals = new Object[token + 1];
        Arrays.fill(locals, Opcodes.TOP);
        locals[token] = "java/lang/Object";
        return locals;
    }
}
