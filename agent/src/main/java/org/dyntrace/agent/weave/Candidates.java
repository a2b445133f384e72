package org.dyntrace.agent.weave;

import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;

/** Finds the loaded classes in which a tracepoint has a place, without a stop of the JVM. */
final class Candidates {
    private Candidates() {}

    /** {@return the classes to be retransformed; what can't be had in others is told to the sites} */
    static List<Class<?>> of(Weaving weaving, Class<?>[] loaded, Instrumentation instrumentation) {
        List<Class<?>> classes = new ArrayList<>();
        for (Class<?> type : loaded) {
            if (type.isArray()
                    || type.isPrimitive()
                    || type.getClassLoader() == Candidates.class.getClassLoader()
                    || type.getName().startsWith("java.lang.Dyntrace")
                    || !weaving.pattern().matchesClass(type.getName())) {
                continue;
            }
            if (hasPlace(type, weaving, instrumentation.isModifiableClass(type))) {
                classes.add(type);
            }
        }
        return classes;
    }

    private static boolean hasPlace(Class<?> type, Weaving weaving, boolean modifiable) {
        List<DeclaredMethod> methods = DeclaredMethod.of(type);
        if (methods == null) {
            // Not linked yet: nobody knows its methods, but retransforming links it.
            return modifiable;
        }
        boolean any = false;
        for (int rank = 0; rank < methods.size(); rank++) {
            DeclaredMethod method = methods.get(rank);
            if (!weaving.pattern().matches(type.getName(), method.name(), method.descriptor())) {
                continue;
            }
            MethodRefusal refusal = modifiable ? method.refusal() : MethodRefusal.HIDDEN;
            if (refusal == null) {
                any = true;
            } else {
                weaving.sites()
                        .refused(
                                type.getClassLoader(),
                                type.getName(),
                                method.name(),
                                method.descriptor(),
                                rank,
                                refusal);
            }
        }
        return any;
    }
}
