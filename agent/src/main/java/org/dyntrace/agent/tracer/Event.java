package org.dyntrace.agent.tracer;

import org.dyntrace.agent.natives.Natives;

/** What a native tracer is told: {@code enum dyntrace_event} in layout.h, in its order. */
enum Event {
    HIT,
    ENTRY,
    EXIT;

    /** {@return whether it was recorded} */
    boolean trace(long tracer, long site) {
        return site != 0 && Natives.trace(tracer, site, ordinal()) == 0;
    }

    /** {@return its number} */
    int number() {
        return ordinal();
    }
}
