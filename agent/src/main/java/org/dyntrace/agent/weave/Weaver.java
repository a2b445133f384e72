package org.dyntrace.agent.weave;

import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Places tracepoints in classes and removes them, in batches: each retransformation stops the JVM once. For one thread, the
 * agent's.
 */
public final class Weaver {
    /** Classes that one stop of the JVM takes. More would make the stop longer, fewer the whole. */
    private static final int BATCH = 200;

    private static final Progress NOBODY = (done, all) -> {};

    private final Instrumentation instrumentation;
    private final Transformer transformer = new Transformer();
    private boolean rehearsed;

    /**
     * For a JVM.
     *
     * @param instrumentation the JVM's
     */
    public Weaver(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
        instrumentation.addTransformer(transformer, true);
    }

    /**
     * Places a tracepoint in all loaded classes that match, and in those that are loaded from now on.
     *
     * @param weaving the tracepoint
     * @param progress is told how far it is
     */
    public void place(Weaving weaving, Progress progress) {
        if (!rehearsed) {
            Rehearsal.play();
            rehearsed = true;
        }
        // Before the look at the loaded classes: one that is loaded meanwhile passes the transformer.
        Weaving[] all = Arrays.copyOf(transformer.weavings(), transformer.weavings().length + 1);
        all[all.length - 1] = weaving;
        transformer.weave(all);
        retransform(Candidates.of(weaving, instrumentation.getAllLoadedClasses(), instrumentation), weaving, progress);
    }

    /** Catches classes that were being loaded while a tracepoint was placed: they passed the transformer before. */
    public void rescan() {
        for (Weaving weaving : transformer.weavings()) {
            List<Class<?>> missed = new ArrayList<>();
            for (Class<?> type : Candidates.of(weaving, instrumentation.getAllLoadedClasses(), instrumentation)) {
                if (!weaving.sites().knows(type.getClassLoader(), type.getName())
                        && !transformer.rejected().contains(weaving, type.getClassLoader(), type.getName())) {
                    missed.add(type);
                }
            }
            retransform(missed, weaving, NOBODY);
        }
    }

    /**
     * Removes a tracepoint: its classes get their original bytecode, or that with the other tracepoints.
     *
     * @param number of the tracepoint
     * @param progress is told how far it is
     */
    public void remove(int number, Progress progress) {
        for (Weaving weaving : transformer.weavings()) {
            if (weaving.number() == number) {
                transformer.weave(Arrays.stream(transformer.weavings())
                        .filter(each -> each.number() != number)
                        .toArray(Weaving[]::new));
                retransform(classesOf(weaving), null, progress);
                transformer.rejected().forget(number);
            }
        }
    }

    /** No class passes here any more. All tracepoints have been removed. */
    public void close() {
        instrumentation.removeTransformer(transformer);
    }

    private List<Class<?>> classesOf(Weaving weaving) {
        List<Class<?>> classes = new ArrayList<>();
        for (Class<?> type : instrumentation.getAllLoadedClasses()) {
            if (weaving.pattern().matchesClass(type.getName())
                    && instrumentation.isModifiableClass(type)
                    && weaving.sites().knows(type.getClassLoader(), type.getName())) {
                classes.add(type);
            }
        }
        return classes;
    }

    /** Classes that fail are found by halving; they are rejected for the tracepoint, if there is one. */
    private void retransform(List<Class<?>> classes, Weaving weaving, Progress progress) {
        for (int at = 0; at < classes.size(); at += BATCH) {
            progress.at(at, classes.size());
            batch(classes.subList(at, Math.min(at + BATCH, classes.size())), weaving);
        }
        progress.at(classes.size(), classes.size());
    }

    private void batch(List<Class<?>> classes, Weaving weaving) {
        try {
            instrumentation.retransformClasses(classes.toArray(new Class<?>[0]));
        } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError problem) {
            if (classes.size() > 1) {
                int middle = classes.size() / 2;
                batch(classes.subList(0, middle), weaving);
                batch(classes.subList(middle, classes.size()), weaving);
            } else if (weaving != null) {
                Class<?> type = classes.get(0);
                transformer.rejected().add(weaving, type.getClassLoader(), type.getName(), problem);
            }
        }
    }
}
