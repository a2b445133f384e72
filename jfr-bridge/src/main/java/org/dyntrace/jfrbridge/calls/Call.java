package org.dyntrace.jfrbridge.calls;

import org.dyntrace.jfrbridge.event.Place;

/** A call of a function, from entry to exit. */
public final class Call {
    private final Place place;
    private final int pid;
    private final int tid;
    private final long begin;
    private final Call caller;
    private long end;
    private long inner;
    private CallTree.Node node;

    Call(Place place, int pid, int tid, long begin, Call caller) {
        this.place = place;
        this.pid = pid;
        this.tid = tid;
        this.begin = begin;
        this.caller = caller;
    }

    void end(long time) {
        end = time;
        if (caller != null) {
            caller.inner += duration();
        }
    }

    CallTree.Node node() {
        return node;
    }

    void node(CallTree.Node in) {
        node = in;
    }

    /** {@return what was called} */
    public Place place() {
        return place;
    }

    /** {@return by which process} */
    public int pid() {
        return pid;
    }

    /** {@return on which thread} */
    public int tid() {
        return tid;
    }

    /** {@return when it began, in ns since 1970} */
    public long begin() {
        return begin;
    }

    /** {@return when it ended} */
    public long end() {
        return end;
    }

    /** {@return how long it took, in ns} */
    public long duration() {
        return end - begin;
    }

    /** {@return how much of that was in calls below it that were recorded, too} */
    public long inner() {
        return inner;
    }

    /** {@return the call that it was within, as far as that was recorded; or null} */
    public Call caller() {
        return caller;
    }
}
