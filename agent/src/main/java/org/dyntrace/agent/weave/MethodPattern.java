package org.dyntrace.agent.weave;

/** Which methods are meant. Asked on any thread, also while it loads a class. */
public interface MethodPattern {
    /**
     * Tells of a class.
     *
     * @param dottedName its name
     * @return whether any of its methods may be meant
     */
    boolean matchesClass(String dottedName);

    /**
     * Tells of a method.
     *
     * @param dottedClass name of the class
     * @param method its name
     * @param descriptor its descriptor
     * @return whether it is meant
     */
    boolean matches(String dottedClass, String method, String descriptor);
}
