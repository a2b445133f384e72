package org.dyntrace.daemon.code;

import org.dyntrace.mbeans.Reason;

/**
 * Why a place can't be had.
 *
 * @param reason the reason
 * @param sentence one sentence for people
 */
public record Refusal(Reason reason, String sentence) implements Planned {}
