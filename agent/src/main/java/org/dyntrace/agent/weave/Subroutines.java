package org.dyntrace.agent.weave;

import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Finds the methods that jump into subroutines and back; class files have had none since version 50. */
final class Subroutines {
    private static final int LAST_VERSION = 49;

    private Subroutines() {}

    /** {@return name and descriptor, put together, of each such method} */
    static Set<String> in(ClassReader reader) {
        Set<String> found = new HashSet<>();
        if ((reader.readShort(6) & 0xffff) > LAST_VERSION) {
            return found;
        }
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        return new MethodVisitor(Opcodes.ASM9) {
                            @Override
                            public void visitJumpInsn(int opcode, Label label) {
                                if (opcode == Opcodes.JSR) {
                                    found.add(name + descriptor);
                                }
                            }
                        };
                    }
                },
                ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return found;
    }
}
