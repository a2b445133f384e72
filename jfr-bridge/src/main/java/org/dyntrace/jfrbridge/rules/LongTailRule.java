package org.dyntrace.jfrbridge.rules;

/** {@link Judgement#LONG_TAIL} for JMC. */
public final class LongTailRule extends TracepointRule {
    /** For JMC, which finds it as a service. */
    public LongTailRule() {
        super(Judgement.LONG_TAIL);
    }
}
