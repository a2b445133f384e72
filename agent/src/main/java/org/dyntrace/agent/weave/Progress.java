package org.dyntrace.agent.weave;

/** How far a long request is. */
public interface Progress {
    /**
     * Is told.
     *
     * @param done classes done
     * @param all classes in all
     */
    void at(int done, int all);
}
