package org.dyntrace.agent.weave;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodTooLargeException;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Makes the bytecode of one class with its tracepoints. Methods without one are copied as they are. Nothing is computed
 * that would need other classes: frames are kept, and the few new ones fit everywhere.
 */
final class ClassWeaver {
    private static final int FIRST_WITH_FRAMES = 50;

    private final ClassLoader loader;
    private final ClassReader reader;
    private final String dottedName;
    private final List<DeclaredMethod> methods;
    private final Set<String> subroutines;
    private final Set<String> tooLong = new HashSet<>();

    ClassWeaver(ClassLoader loader, byte[] original) {
        this.loader = loader;
        this.reader = new ClassReader(original);
        this.dottedName = reader.getClassName().replace('/', '.');
        this.methods = DeclaredMethod.in(reader);
        this.subroutines = Subroutines.in(reader);
    }

    /** {@return the class with these tracepoints; null if none has a place in it} */
    byte[] weave(List<Weaving> weavings) {
        while (true) {
            Map<String, List<HitsCall>> calls = calls(weavings);
            if (calls.isEmpty()) {
                return null;
            }
            try {
                return write(calls);
            } catch (MethodTooLargeException e) {
                if (!tooLong.add(e.getMethodName() + e.getDescriptor())) {
                    throw e;
                }
            }
        }
    }

    private Map<String, List<HitsCall>> calls(List<Weaving> weavings) {
        Map<String, List<HitsCall>> calls = new HashMap<>();
        for (Weaving weaving : weavings) {
            for (int rank = 0; rank < methods.size(); rank++) {
                DeclaredMethod method = methods.get(rank);
                if (!weaving.pattern().matches(dottedName, method.name(), method.descriptor())) {
                    continue;
                }
                String key = method.name() + method.descriptor();
                MethodRefusal refusal = refusal(method, key, weaving.form());
                if (refusal != null) {
                    weaving.sites().refused(loader, dottedName, method.name(), method.descriptor(), rank, refusal);
                    continue;
                }
                int site = weaving.sites().place(loader, dottedName, method.name(), method.descriptor(), rank);
                if (site != Sites.NOT_HERE) {
                    calls.computeIfAbsent(key, none -> new ArrayList<>())
                            .add(new HitsCall(weaving.form(), weaving.number(), site));
                }
            }
        }
        return calls;
    }

    private MethodRefusal refusal(DeclaredMethod method, String key, Form form) {
        if (method.withoutCode() != null) {
            return method.withoutCode();
        }
        if (tooLong.contains(key)) {
            return MethodRefusal.TOO_LONG;
        }
        return form.isPair() && subroutines.contains(key) ? MethodRefusal.SUBROUTINES : null;
    }

    private byte[] write(Map<String, List<HitsCall>> calls) {
        ClassWriter writer = new ClassWriter(reader, 0);
        boolean frames = (reader.readShort(6) & 0xffff) >= FIRST_WITH_FRAMES;
        boolean root = reader.getSuperName() == null;
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor visitor = super.visitMethod(access, name, descriptor, signature, exceptions);
                        boolean constructor = name.equals("<init>") && !root;
                        for (HitsCall call : calls.getOrDefault(name + descriptor, List.of())) {
                            visitor =
                                    visitor(visitor, call, frames, constructor, PairVisitor.slots(access, descriptor));
                        }
                        return visitor;
                    }
                },
                ClassReader.EXPAND_FRAMES);
        return writer.toByteArray();
    }

    private static MethodVisitor visitor(
            MethodVisitor next, HitsCall call, boolean frames, boolean constructor, int parameters) {
        if (!call.form().isPair()) {
            return new PointVisitor(next, call);
        }
        MethodVisitor pair = new PairVisitor(next, call, frames, constructor, parameters);
        return call.form() == Form.TIMED_PAIR ? new TokenSlot(pair, parameters) : pair;
    }
}
