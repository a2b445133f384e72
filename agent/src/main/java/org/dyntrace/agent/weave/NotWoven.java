package org.dyntrace.agent.weave;

/** Thrown when it turns out, halfway through its code, that a method can't have its tracepoints. */
final class NotWoven extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient MethodRefusal refusal;

    NotWoven(MethodRefusal refusal) {
        super(refusal.sentence(), null, false, false);
        this.refusal = refusal;
    }

    MethodRefusal refusal() {
        return refusal;
    }
}
