package org.dyntrace.jmc.tab;

/** What a user does, in a JVM with a display, and what has to become of it. */
interface Scenario {
    /** Does it; what is not as it should be is thrown. */
    void act(Stage stage) throws Exception;
}
