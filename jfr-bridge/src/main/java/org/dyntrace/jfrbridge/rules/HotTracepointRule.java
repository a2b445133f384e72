package org.dyntrace.jfrbridge.rules;

/** {@link Judgement#HOT_TRACEPOINT} for JMC. */
public final class HotTracepointRule extends TracepointRule {
    /** For JMC, which finds it as a service. */
    public HotTracepointRule() {
        super(Judgement.HOT_TRACEPOINT);
    }
}
