package java.lang;

/**
 * What a tracepoint does at a hit besides counting: the agent's tracers extend it. Lies in java.base, so that woven code of every class
 * loader reaches it.
 *
 * <p>Called on threads of the program, in any of its methods. It should neither block nor throw; what it throws is swallowed and
 * counted as lost. Tracepoints that are met in here are ignored.
 */
public abstract class DyntraceSink {
    /** A sink. */
    protected DyntraceSink() {}

    /**
     * A point was hit.
     *
     * @param site index of the site in its tracepoint
     * @return true if recorded, false if lost
     */
    public abstract boolean hit(int site);

    /**
     * A method was entered.
     *
     * @param site index of the site in its tracepoint
     * @return true if recorded, false if lost
     */
    public abstract boolean enter(int site);

    /**
     * A method was left, by a return or by an exception.
     *
     * @param site index of the site in its tracepoint
     * @return true if recorded, false if lost
     */
    public abstract boolean exit(int site);

    /**
     * As {@link #enter}, for those that record a call as one event at its end.
     *
     * @param site index of the site in its tracepoint
     * @return what {@link #end} of the same call gets, null if nothing
     */
    public Object begin(int site) {
        return enter(site) ? null : LOST;
    }

    /**
     * As {@link #exit}, for those that record a call as one event at its end.
     *
     * @param site index of the site in its tracepoint
     * @param token what {@link #begin} returned for this call; null also if that was not called, since the call began inside a tracer
     * @return true if recorded, false if lost
     */
    public boolean end(int site, Object token) {
        return exit(site);
    }

    /** What {@link #begin} returns when the entry could not be recorded. */
    public static final Object LOST = new Object();
}
