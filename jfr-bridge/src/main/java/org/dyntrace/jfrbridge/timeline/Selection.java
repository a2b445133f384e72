package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.EventType;
import org.dyntrace.jfrbridge.event.Source;

/** The part of a timeline that was asked for. */
public final class Selection {
    /** Everything. */
    public static final Selection ALL = new Selection(null, null, Set.of(), List.of());

    private final TimeBound from;
    private final TimeBound to;
    private final Set<Integer> pids;
    private final List<Pattern> patterns;

    /**
     * A selection.
     *
     * @param from when it begins, or null
     * @param to when it ends, or null
     * @param pids of processes; empty for all
     * @param globs of events, tracepoints or functions, such as {@code jdk.*}; empty for all
     */
    public Selection(TimeBound from, TimeBound to, Set<Integer> pids, List<String> globs) {
        this.from = from;
        this.to = to;
        this.pids = Set.copyOf(pids);
        this.patterns = globs.stream().map(Selection::pattern).toList();
    }

    private static Pattern pattern(String glob) {
        return Pattern.compile(glob.chars()
                .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining()));
    }

    /** {@return those of the events that were asked for} */
    public Source of(Source events) {
        return this == ALL ? events : new Selected(events);
    }

    /** What is left. */
    private final class Selected implements Source {
        private final Source events;
        private long least = Long.MIN_VALUE;
        private long most = Long.MAX_VALUE;
        private boolean begun;
        // Events of one type come in rows.
        private EventType lastType;
        private boolean lastMatches;

        Selected(Source events) {
            this.events = events;
        }

        @Override
        public Event next() throws IOException {
            for (; ; ) {
                Event event = events.next();
                if (event == null) {
                    return null;
                }
                if (!begun) {
                    begun = true;
                    least = from == null ? least : from.nanos(event.time());
                    most = to == null ? most : to.nanos(event.time());
                }
                if (event.time() > most) {
                    return null;
                }
                if (event.time() + event.duration() >= least
                        && (pids.isEmpty() || pids.contains(event.pid()))
                        && matches(event)) {
                    return event;
                }
            }
        }

        private boolean matches(Event event) {
            if (patterns.isEmpty()) {
                return true;
            }
            if (event.type() != lastType) {
                lastType = event.type();
                lastMatches = matches(event.type().name());
            }
            return lastMatches
                    || (event.place() != null
                            && (matches(event.place().tracepoint())
                                    || matches(event.place().symbol())));
        }

        private boolean matches(String name) {
            return !name.isEmpty()
                    && patterns.stream().anyMatch(p -> p.matcher(name).matches());
        }

        @Override
        public void close() {
            events.close();
        }
    }
}
