package org.dyntrace.jfrbridge;

/** Nothing of what was asked for can be read, or the result can't be written. */
public final class UnreadableRecording extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What to do. */
    private final String hint;

    /**
     * A failure.
     *
     * @param what one sentence that says what happened
     * @param hint one sentence that says what to do next
     */
    public UnreadableRecording(String what, String hint) {
        super(what);
        this.hint = hint;
    }

    /** {@return one sentence that says what to do next} */
    public String hint() {
        return hint;
    }
}
