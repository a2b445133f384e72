package org.dyntrace.agent.weave;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.dyntrace.agent.natives.Natives;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A method that a class declares.
 *
 * @param name its name
 * @param descriptor its descriptor
 * @param access as in the class file
 */
record DeclaredMethod(String name, String descriptor, int access) {
    private static final Comparator<DeclaredMethod> ORDER =
            Comparator.comparing(DeclaredMethod::name).thenComparing(DeclaredMethod::descriptor);

    /** {@return those in a class file; a method's place in the list is its rank} */
    static List<DeclaredMethod> in(ClassReader reader) {
        List<DeclaredMethod> methods = new ArrayList<>();
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        methods.add(new DeclaredMethod(name, descriptor, access));
                        return null;
                    }
                },
                ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        methods.sort(ORDER);
        return methods;
    }

    /** {@return those of a loaded class in the same order; null if it is not linked yet} */
    static List<DeclaredMethod> of(Class<?> type) {
        Object[] found = Natives.methods(type);
        if (found == null) {
            return null;
        }
        String[] names = (String[]) found[0];
        String[] descriptors = (String[]) found[1];
        int[] access = (int[]) found[2];
        List<DeclaredMethod> methods = new ArrayList<>(names.length);
        for (int i = 0; i < names.length; i++) {
            if (names[i] != null) {
                methods.add(new DeclaredMethod(names[i], descriptors[i], access[i]));
            }
        }
        methods.sort(ORDER);
        return methods;
    }

    /** {@return why it can't have any tracepoint, or null} */
    MethodRefusal withoutCode() {
        if ((access & Opcodes.ACC_NATIVE) != 0) {
            return MethodRefusal.NATIVE;
        }
        return (access & Opcodes.ACC_ABSTRACT) != 0 ? MethodRefusal.ABSTRACT : null;
    }
}
