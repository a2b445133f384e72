package org.dyntrace.jfrbridge.event;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What is missing in a recording, or is not as it should be, in sentences for people. */
public final class Findings {
    private static final int MAX = 1000;

    private final List<String> sentences = Collections.synchronizedList(new ArrayList<>());

    /**
     * Adds one; a thousand are kept.
     *
     * @param sentence what, where, and what it means
     */
    public void add(String sentence) {
        if (sentences.size() < MAX && !sentences.contains(sentence)) {
            sentences.add(sentence);
        }
    }

    /** {@return all of them, in the order in which they were found} */
    public List<String> all() {
        synchronized (sentences) {
            return List.copyOf(sentences);
        }
    }
}
