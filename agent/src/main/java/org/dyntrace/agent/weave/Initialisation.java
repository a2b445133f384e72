package org.dyntrace.agent.weave;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.AnalyzerAdapter;

/**
 * Knows which call in a constructor is that of super(…) or this(…): the one whose receiver is this, not yet initialised.
 *
 * <p>Classes of the JDK that the JVM took out of its class-data archive have no frames any more. Then what holds behind a jump is what held
 * where it was jumped from; types may be less general than in a frame, but whether this is initialised is the same.
 */
final class Initialisation extends AnalyzerAdapter {
    private record State(List<Object> locals, List<Object> stack) {
        static State of(List<Object> locals, List<Object> stack) {
            return new State(new ArrayList<>(locals), new ArrayList<>(stack));
        }
    }

    private final Map<Label, State> jumpedTo = new HashMap<>();
    private final Map<Label, List<Label>> handlers = new HashMap<>();

    Initialisation(String owner, int access, String name, String descriptor) {
        super(Opcodes.ASM9, owner, access, name, descriptor, null);
    }

    /** {@return this, followed by those who ask: what they hear is the state before an instruction that they are told of} */
    MethodVisitor before(MethodVisitor asking) {
        mv = asking;
        return this;
    }

    boolean isBy(int opcode, String name, String descriptor) {
        if (opcode != Opcodes.INVOKESPECIAL || !name.equals("<init>")) {
            return false;
        }
        if (stack == null) {
            throw new NotWoven(MethodRefusal.UNCLEAR_CONSTRUCTOR);
        }
        int arguments = (Type.getArgumentsAndReturnSizes(descriptor) >> 2) - 1;
        return Opcodes.UNINITIALIZED_THIS.equals(stack.get(stack.size() - 1 - arguments));
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        if (opcode == Opcodes.GOTO) {
            jump(label);
            super.visitJumpInsn(opcode, label);
        } else {
            super.visitJumpInsn(opcode, label);
            jump(label);
        }
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
        branch(otherwise, labels);
        super.visitTableSwitchInsn(min, max, otherwise, labels);
    }

    @Override
    public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
        branch(otherwise, labels);
        super.visitLookupSwitchInsn(otherwise, keys, labels);
    }

    /** The number that chooses is still on the stack. */
    private void branch(Label otherwise, Label... labels) {
        if (stack == null) {
            return;
        }
        Object number = stack.remove(stack.size() - 1);
        jump(otherwise);
        for (Label label : labels) {
            jump(label);
        }
        stack.add(number);
    }

    private void jump(Label to) {
        if (stack != null) {
            jumpedTo.putIfAbsent(to, State.of(locals, stack));
        }
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
        super.visitTryCatchBlock(start, end, handler, type);
        handlers.computeIfAbsent(start, none -> new ArrayList<>()).add(handler);
    }

    @Override
    public void visitLabel(Label label) {
        super.visitLabel(label);
        State known = jumpedTo.get(label);
        if (stack == null && known != null) {
            locals = new ArrayList<>(known.locals());
            stack = new ArrayList<>(known.stack());
        }
        if (stack != null) {
            for (Label handler : handlers.getOrDefault(label, List.of())) {
                jumpedTo.putIfAbsent(handler, State.of(locals, List.of("java/lang/Throwable")));
            }
        }
    }
}
