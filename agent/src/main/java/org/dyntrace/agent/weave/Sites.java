package org.dyntrace.agent.weave;

/** Keeps the places of one tracepoint. Called on any thread, also while it loads a class. */
public interface Sites {
    /** What {@link #place} returns for a method that is not meant after all. */
    int NOT_HERE = -1;

    /**
     * A method is about to get the tracepoint.
     *
     * @param loader of its class
     * @param dottedClass its class
     * @param method its name
     * @param descriptor its descriptor
     * @param rank among the methods that the class declares, by name and then descriptor
     * @return the index of the place, always the same for the same method; or {@link #NOT_HERE}
     */
    int place(ClassLoader loader, String dottedClass, String method, String descriptor, int rank);

    /**
     * A method can't have the tracepoint.
     *
     * @param loader of its class
     * @param dottedClass its class
     * @param method its name
     * @param descriptor its descriptor
     * @param rank as above
     * @param refusal why not
     */
    void refused(
            ClassLoader loader, String dottedClass, String method, String descriptor, int rank, MethodRefusal refusal);

    /**
     * A whole class can't be had: none of the places in it holds.
     *
     * @param loader of the class
     * @param dottedClass its name
     * @param refusal why not
     */
    void rejected(ClassLoader loader, String dottedClass, MethodRefusal refusal);

    /**
     * Tells of a class.
     *
     * @param loader of the class
     * @param dottedClass its name
     * @return whether the tracepoint has a place in it, or was refused there
     */
    boolean knows(ClassLoader loader, String dottedClass);
}
