package org.dyntrace.agent.weave;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Weaves a class for nothing, on the agent's thread, so that later no class has to be loaded and no lambda to be linked for it: on a
 * thread of the program, which is loading a class itself, that might be the very class.
 */
final class Rehearsal implements MethodPattern, Sites {
    private Rehearsal() {}

    static void play() {
        Rehearsal all = new Rehearsal();
        List<Weaving> weavings = new ArrayList<>();
        for (Form form : Form.values()) {
            weavings.add(new Weaving(0, all, form, all));
        }
        for (Class<?> type : List.of(ClassWeaver.class, PairVisitor.class, Rehearsal.class)) {
            new ClassWeaver(type.getClassLoader(), bytes(type)).weave(weavings);
        }
        Rejected rejected = new Rejected();
        rejected.add(weavings.get(0), null, "a.Class", new VerifyError());
        rejected.contains(weavings.get(0), null, "a.Class");
    }

    private static byte[] bytes(Class<?> type) {
        try (InputStream in =
                type.getClassLoader().getResourceAsStream(type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean matchesClass(String dottedName) {
        return true;
    }

    @Override
    public boolean matches(String dottedClass, String method, String descriptor) {
        return true;
    }

    @Override
    public int place(ClassLoader loader, String dottedClass, String method, String descriptor, int rank) {
        return rank;
    }

    @Override
    public void refused(
            ClassLoader loader,
            String dottedClass,
            String method,
            String descriptor,
            int rank,
            MethodRefusal refusal) {}

    @Override
    public void rejected(ClassLoader loader, String dottedClass, MethodRefusal refusal) {}

    @Override
    public boolean knows(ClassLoader loader, String dottedClass) {
        return true;
    }
}
