package org.dyntrace.daemon.target;

/** How far a long request is. */
public interface Progress {
    /** Nobody wants to know. */
    Progress NONE = (done, all) -> {};

    /**
     * Is told.
     *
     * @param done classes done
     * @param all classes in all
     */
    void at(int done, int all);
}
