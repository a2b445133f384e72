package org.dyntrace.agent.weave;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.dyntrace.agent.natives.Natives;
import org.objectweb.asm.AnnotationVisitor;
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
public record DeclaredMethod(String name, String descriptor, int access) {
    /** What HotSpot's compilers, and for some methods its interpreter, go by. */
    private static final String INTRINSIC = "Ljdk/internal/vm/annotation/IntrinsicCandidate;";

    /** Not a flag of class files, which have 16 bits. */
    private static final int INTRINSIC_FLAG = 1 << 30;

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
                        int at = methods.size();
                        methods.add(new DeclaredMethod(name, descriptor, access));
                        return new MethodVisitor(Opcodes.ASM9) {
                            @Override
                            public AnnotationVisitor visitAnnotation(String type, boolean visible) {
                                if (type.equals(INTRINSIC)) {
                                    methods.set(at, new DeclaredMethod(name, descriptor, access | INTRINSIC_FLAG));
                                }
                                return null;
                            }
                        };
                    }
                },
                ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        methods.sort(ORDER);
        return methods;
    }

    /**
     * Lists those of a loaded class. Loads and links nothing.
     *
     * @param type the class
     * @return them in the order of their ranks; null if the class is not linked yet
     */
    public static List<DeclaredMethod> of(Class<?> type) {
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

    /** {@return why it can't have any tracepoint, as far as is known, or null} */
    MethodRefusal refusal() {
        if ((access & Opcodes.ACC_NATIVE) != 0) {
            return MethodRefusal.NATIVE;
        }
        if ((access & Opcodes.ACC_ABSTRACT) != 0) {
            return MethodRefusal.ABSTRACT;
        }
        return (access & INTRINSIC_FLAG) != 0 ? MethodRefusal.INTRINSIC : null;
    }
}
