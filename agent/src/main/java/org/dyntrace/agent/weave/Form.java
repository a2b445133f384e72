package org.dyntrace.agent.weave;

/** What is put into a method. */
public enum Form {
    /** Counts at the beginning. */
    COUNT,
    /** Counts at the beginning and at each exit. */
    COUNT_PAIR,
    /** A tracer's hit at the beginning. */
    HIT,
    /** A tracer's entry at the beginning and exit at each exit. */
    PAIR,
    /** The same, with a value that goes from the entry to its exit. */
    TIMED_PAIR;

    boolean isPair() {
        return this == COUNT_PAIR || this == PAIR || this == TIMED_PAIR;
    }
}
