package org.dyntrace.jfrbridge.rules;

/** {@link Judgement#OVERHEAD} for JMC. */
public final class OverheadRule extends TracepointRule {
    /** For JMC, which finds it as a service. */
    public OverheadRule() {
        super(Judgement.OVERHEAD);
    }
}
