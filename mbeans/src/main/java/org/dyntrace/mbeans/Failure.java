package org.dyntrace.mbeans;

import java.util.Optional;

/**
 * A request that failed: the reason, one sentence that says what happened and one that says what to do.
 *
 * <p>It crosses JMX as a plain {@link IllegalStateException} (see {@link #toWire}), so that a client without any class of
 * ours can show it.
 */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    private final Reason reason;

    /** What to do. */
    private final String hint;

    /**
     * A failure.
     *
     * @param reason why
     * @param what one sentence that says what happened
     * @param hint one sentence that says what to do next
     */
    public Failure(Reason reason, String what, String hint) {
        this(reason, what, hint, null);
    }

    /**
     * A failure with the exception that led to it, for the daemon's log.
     *
     * @param reason why
     * @param what one sentence that says what happened
     * @param hint one sentence that says what to do next
     * @param cause the exception, or null
     */
    public Failure(Reason reason, String what, String hint, Throwable cause) {
        super(what, cause);
        this.reason = reason;
        this.hint = hint;
    }

    /** {@return why} */
    public Reason reason() {
        return reason;
    }

    /** {@return one sentence that says what to do next} */
    public String hint() {
        return hint;
    }

    /** {@return this failure as JDK type: message "REASON: what\nhint"} */
    public IllegalStateException toWire() {
        return new IllegalStateException(reason + ": " + getMessage() + "\n" + hint);
    }

    /**
     * Finds a failure in what JMX threw.
     *
     * @param thrown what a call over JMX threw
     * @return the failure in its chain of causes, if there is one
     */
    public static Optional<Failure> fromWire(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof IllegalStateException && t.getMessage() != null) {
                String[] lines = t.getMessage().split("\n", 2);
                int colon = lines[0].indexOf(": ");
                for (Reason reason : Reason.values()) {
                    if (colon > 0 && reason.name().equals(lines[0].substring(0, colon))) {
                        return Optional.of(
                                new Failure(reason, lines[0].substring(colon + 2), lines.length > 1 ? lines[1] : ""));
                    }
                }
            }
        }
        return Optional.empty();
    }
}
