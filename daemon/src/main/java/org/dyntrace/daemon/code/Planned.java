package org.dyntrace.daemon.code;

/** The answer of the planner for one place: how to patch it, or why it can't be had. */
public sealed interface Planned permits SitePlan, Refusal {}
