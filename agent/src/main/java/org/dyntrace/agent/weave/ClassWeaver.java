package org.dyntrace.agent.weave;

import java.util.ArrayList;
import java.util.HashMap;
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
    private final boolean frames;
    private final Map<String, MethodRefusal> refused = new HashMap<>();
    private String current;

    ClassWeaver(ClassLoader loader, byte[] original) {
        this.loader = loader;
        this.reader = new ClassReader(original);
        this.dottedName = reader.getClassName().replace('/', '.');
        this.methods = DeclaredMethod.in(reader);
        this.frames = (reader.readShort(6) & 0xffff) >= FIRST_WITH_FRAMES;
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
                refuse(e.getMethodName() + e.getDescriptor(), MethodRefusal.TOO_LONG, e);
            } catch (NotWoven e) {
                refuse(current, e.refusal(), e);
            }
        }
    }

    private void refuse(String method, MethodRefusal refusal, RuntimeException problem) {
        if (refused.putIfAbsent(method, refusal) != null) {
            throw problem;
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
        if (method.refusal() != null) {
            return method.refusal();
        }
        if (refused.containsKey(key)) {
            return refused.get(key);
        }
        return form.isPair() && subroutines.contains(key) ? MethodRefusal.SUBROUTINES : null;
    }

    private byte[] write(Map<String, List<HitsCall>> calls) {
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor to = super.visitMethod(access, name, descriptor, signature, exceptions);
                        List<HitsCall> here = calls.get(name + descriptor);
                        current = name + descriptor;
                        return here == null ? to : woven(to, here, access, name, descriptor);
                    }
                },
                ClassReader.EXPAND_FRAMES);
        return writer.toByteArray();
    }

    private MethodVisitor woven(MethodVisitor to, List<HitsCall> calls, int access, String name, String descriptor) {
        boolean pairs = calls.stream().anyMatch(call -> call.form().isPair());
        if (!pairs || !name.equals("<init>") || reader.getSuperName() == null) {
            return woven(to, calls, null, PairVisitor.slots(access, descriptor));
        }
        Initialisation initialisation = new Initialisation(reader.getClassName(), access, name, descriptor);
        return initialisation.before(woven(to, calls, initialisation, PairVisitor.slots(access, descriptor)));
    }

    private MethodVisitor woven(MethodVisitor to, List<HitsCall> calls, Initialisation initialisation, int parameters) {
        MethodVisitor visitor = to;
        for (HitsCall call : calls) {
            if (call.form().isPair()) {
                visitor = new PairVisitor(visitor, call, frames, initialisation, parameters);
                visitor = call.form() == Form.TIMED_PAIR ? new TokenSlot(visitor, parameters) : visitor;
            } else {
                visitor = new PointVisitor(visitor, call);
            }
        }
        return visitor;
    }
}
