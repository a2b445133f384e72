package org.dyntrace.jfrbridge.rules;

/** {@link Judgement#EXITS_MISSING} for JMC. */
public final class ExitsMissingRule extends TracepointRule {
    /** For JMC, which finds it as a service. */
    public ExitsMissingRule() {
        super(Judgement.EXITS_MISSING);
    }
}
