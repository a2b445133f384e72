package org.dyntrace.agent;

/** A request that can't be met: what crosses the link as JvmFailure. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String hint;

    /**
     * A refusal.
     *
     * @param reason name of a {@code org.dyntrace.mbeans.Reason}
     * @param what one sentence that says what happened
     * @param hint one sentence that says what to do
     */
    public Refusal(String reason, String what, String hint) {
        super(what, null, false, false);
        this.reason = reason;
        this.hint = hint;
    }

    /** {@return name of a reason} */
    public String reason() {
        return reason;
    }

    /** {@return one sentence that says what to do} */
    public String hint() {
        return hint;
    }
}
