package org.dyntrace.jfrbridge.event;

import java.io.IOException;
import java.util.List;

/** Several sources as one, in the order of time. Holds one event of each. */
public final class Merge implements Source {
    private final Source[] sources;
    private final Event[] heads;
    private boolean begun;

    /**
     * Merges.
     *
     * @param sources a few
     */
    public Merge(List<? extends Source> sources) {
        this.sources = sources.toArray(new Source[0]);
        this.heads = new Event[this.sources.length];
    }

    @Override
    public Event next() throws IOException {
        if (!begun) {
            begun = true;
            for (int i = 0; i < sources.length; i++) {
                heads[i] = sources[i].next();
            }
        }
        int first = -1;
        for (int i = 0; i < heads.length; i++) {
            if (heads[i] != null && (first < 0 || heads[i].time() < heads[first].time())) {
                first = i;
            }
        }
        if (first < 0) {
            return null;
        }
        Event event = heads[first];
        heads[first] = sources[first].next();
        return event;
    }

    @Override
    public void close() {
        for (Source source : sources) {
            source.close();
        }
    }
}
