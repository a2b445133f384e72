package org.dyntrace.jfrbridge.rules;

import java.util.List;
import java.util.Map;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.common.util.IPreferenceValueProvider;
import org.openjdk.jmc.flightrecorder.rules.AbstractRule;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IResultValueProvider;
import org.openjdk.jmc.flightrecorder.rules.ResultBuilder;
import org.openjdk.jmc.flightrecorder.rules.Severity;
import org.openjdk.jmc.flightrecorder.rules.TypedResult;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit;

/** A judgement as a rule of JMC's automated analysis. */
abstract class TracepointRule extends AbstractRule {
    /** That of the plug-in's pages: JMC shows results at the pages of the rule's topic. */
    private static final String TOPIC = "dyntrace";

    private final Judgement judgement;

    TracepointRule(Judgement judgement) {
        super(judgement.id(), judgement.title(), TOPIC, List.of(), List.of(TypedResult.SCORE), Map.of());
        this.judgement = judgement;
    }

    @Override
    protected IResult getResult(
            IItemCollection items, IPreferenceValueProvider preferences, IResultValueProvider results) {
        Facts facts = ItemFacts.of(items);
        if (facts.tracepoints().isEmpty()) {
            return RulesToolkit.getNotApplicableResult(
                    this, preferences, "There are no events of dyntrace in this recording.");
        }
        Verdict verdict = judgement.of(facts);
        ResultBuilder result = ResultBuilder.createFor(this, preferences)
                .setSeverity(Severity.get(verdict.score()))
                .setSummary(verdict.summary())
                .addResult(TypedResult.SCORE, UnitLookup.NUMBER_UNITY.quantity(verdict.score()));
        if (!verdict.explanation().isEmpty()) {
            result.setExplanation(verdict.explanation()).setSolution(verdict.solution());
        }
        return result.build();
    }
}
