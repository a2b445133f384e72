package org.dyntrace.daemon.patch;

/** Where a tracepoint is in its life, as the journal keeps it: a daemon that is killed leaves what its successor can put in order. */
enum Phase {
    /** Its places may be patched or not; it was never there for anybody. */
    PLACING,
    /** It is in the code. */
    ENABLED,
    /** Its places may be patched or not. */
    SWITCHING,
    /** None of its places is patched for it. */
    DISABLED,
    /** Its places may be patched or not; nobody is to find it again. */
    REMOVING;

    /** {@return whether the daemon that wrote this was killed in the midst of a request} */
    boolean isUnfinished() {
        return this != ENABLED && this != DISABLED;
    }
}
