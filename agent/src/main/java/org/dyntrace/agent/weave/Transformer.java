package org.dyntrace.agent.weave;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives the JVM the bytecode of classes with tracepoints: those that are retransformed, and those that are loaded, on the
 * thread that loads them. It takes no lock that is held while classes are retransformed, and whatever goes wrong the class
 * stays as it is.
 */
final class Transformer implements ClassFileTransformer {
    private static final String OWN = "java/lang/Dyntrace";

    private final Rejected rejected = new Rejected();
    private volatile Weaving[] weavings = {};

    /** {@return which classes the JVM has refused} */
    Rejected rejected() {
        return rejected;
    }

    Weaving[] weavings() {
        return weavings;
    }

    /** From now on with these, in the order of their placing. For one thread. */
    void weave(Weaving[] all) {
        weavings = all;
    }

    @Override
    public byte[] transform(
            ClassLoader loader, String internalName, Class<?> redefined, ProtectionDomain domain, byte[] original) {
        Weaving[] all = weavings;
        if (all.length == 0 || internalName == null || loader == Transformer.class.getClassLoader()) {
            return null;
        }
        long[] paused = DyntraceHits.pause();
        try {
            return internalName.startsWith(OWN) ? null : woven(loader, internalName.replace('/', '.'), original, all);
        } catch (Throwable problem) {
            failed(loader, internalName.replace('/', '.'), all, problem);
            return null;
        } finally {
            DyntraceHits.resume(paused);
        }
    }

    private byte[] woven(ClassLoader loader, String dottedName, byte[] original, Weaving[] all) {
        List<Weaving> here = new ArrayList<>();
        for (Weaving weaving : all) {
            if (weaving.pattern().matchesClass(dottedName) && !rejected.contains(weaving, loader, dottedName)) {
                here.add(weaving);
            }
        }
        return here.isEmpty() ? null : new ClassWeaver(loader, original).weave(here);
    }

    /** None of its places holds: they are told so, and the class is not tried again. */
    private void failed(ClassLoader loader, String dottedName, Weaving[] all, Throwable problem) {
        try {
            for (Weaving weaving : all) {
                if (weaving.pattern().matchesClass(dottedName)
                        && weaving.sites().knows(loader, dottedName)) {
                    rejected.add(weaving, loader, dottedName, problem);
                }
            }
        } catch (RuntimeException | Error e) {
            // The class is as it was, and that matters most.
        }
    }
}
