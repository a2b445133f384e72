package org.dyntrace.agent.weave;

/**
 * A tracepoint as the weaver sees it.
 *
 * @param number its number, below 4096
 * @param pattern which methods
 * @param form what is put into them
 * @param sites keeps the places
 */
public record Weaving(int number, MethodPattern pattern, Form form, Sites sites) {}
