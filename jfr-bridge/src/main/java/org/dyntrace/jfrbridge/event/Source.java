package org.dyntrace.jfrbridge.event;

import java.io.IOException;

/** Events, one after the other, in the order of time. */
public interface Source extends AutoCloseable {
    /**
     * {@return the next event, or null at the end}
     *
     * @throws IOException when it can't be read; what is damaged is no such failure but a {@link Findings finding}
     */
    Event next() throws IOException;

    @Override
    void close();
}
