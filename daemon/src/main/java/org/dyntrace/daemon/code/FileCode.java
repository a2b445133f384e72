package org.dyntrace.daemon.code;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is known of the code of one file: found out once, as it takes a look at all of it. Addresses are those of the file. */
final class FileCode {
    /** Places that are remembered; more than any file has functions. */
    private static final int MOST = 1 << 20;

    private final CodeIndex index;
    private final Map<Long, Window> points = new ConcurrentHashMap<>();
    private final Map<Long, Window> entries = new ConcurrentHashMap<>();

    FileCode(CodeIndex index) {
        this.index = index;
    }

    CodeIndex index() {
        return index;
    }

    /** {@return the window that was found for a place before, or null} */
    Window window(long place, boolean entryExit) {
        return (entryExit ? entries : points).get(place);
    }

    /** Remembers a window: room for a jump, at a place where everything else was found in order. */
    void found(long place, boolean entryExit, Window window) {
        Map<Long, Window> known = entryExit ? entries : points;
        if (known.size() < MOST) {
            known.put(place, window);
        }
    }
}
