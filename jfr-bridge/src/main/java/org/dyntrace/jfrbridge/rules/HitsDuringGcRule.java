package org.dyntrace.jfrbridge.rules;

/** {@link Judgement#HITS_DURING_GC} for JMC. */
public final class HitsDuringGcRule extends TracepointRule {
    /** For JMC, which finds it as a service. */
    public HitsDuringGcRule() {
        super(Judgement.HITS_DURING_GC);
    }
}
