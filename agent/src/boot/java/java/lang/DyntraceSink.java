package java.lang;

/**
 * What a tracer of dyntrace is, seen from the code that is traced. A sink never blocks, never lets a virtual thread leave
 * its carrier, and is never called again by a thread that is in one.
 */
public abstract class DyntraceSink {
    /** For subclasses. */
    protected DyntraceSink() {}

    /**
     * A hit of a point tracepoint.
     *
     * @param site index of the place in the tracepoint
     * @return false if it could not be recorded
     */
    public abstract boolean hit(int site);

    /**
     * An entry.
     *
     * @param site index of the place
     * @return false if it could not be recorded
     */
    public abstract boolean enter(int site);

    /**
     * An exit, by return or by exception.
     *
     * @param site index of the place
     * @return false if it could not be recorded
     */
    public abstract boolean exit(int site);

    /**
     * An entry whose exit must be known again.
     *
     * @param site index of the place
     * @return what {@link #end} gets, or null
     */
    public Object begin(int site) {
        enter(site);
        return null;
    }

    /**
     * The exit to a {@link #begin}.
     *
     * @param site index of the place
     * @param token what that returned
     */
    public void end(int site, Object token) {
        exit(site);
    }
}
