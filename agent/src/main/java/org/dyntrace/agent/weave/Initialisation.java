package org.dyntrace.agent.weave;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.AnalyzerAdapter;

/** Knows which call in a constructor is that of super(…) or this(…): the one whose receiver is this, not yet initialised. */
final class Initialisation extends AnalyzerAdapter {
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
}
