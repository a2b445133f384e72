package org.dyntrace.jfrbridge.rules;

/**
 * What a rule says about a recording.
 *
 * @param rule which
 * @param score 0: nothing to see, to 100; from 25 on it is worth knowing, from 75 on something should be done, as JMC has it
 * @param summary one sentence
 * @param explanation why this matters; empty at 0
 * @param solution what to do; empty at 0
 */
public record Verdict(Judgement rule, double score, String summary, String explanation, String solution) {}
