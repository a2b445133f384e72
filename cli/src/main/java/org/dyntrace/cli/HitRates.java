package org.dyntrace.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.dyntrace.mbeans.TracepointInfo;

/** Hits per second from one look to the next. */
final class HitRates {
    private Map<String, Seen> before = new HashMap<>();

    private record Seen(long hits, long nanos) {}

    /**
     * A tracepoint with its rate.
     *
     * @param info what it is
     * @param rate hits per second since the look before; nothing when that didn't see it
     */
    record Rated(TracepointInfo info, OptionalDouble rate) {
        /** {@return the rate for people} */
        String text() {
            return rate.isEmpty()
                    ? "-"
                    : String.format(Locale.ROOT, rate.getAsDouble() < 1000 ? "%.1f" : "%.0f", rate.getAsDouble());
        }
    }

    /** {@return these tracepoints with their rates since the last call} */
    List<Rated> since(List<TracepointInfo> now) {
        long nanos = System.nanoTime();
        Map<String, Seen> seen = new HashMap<>();
        List<Rated> rated = now.stream()
                .map(info -> new Rated(info, rate(info, seen, nanos)))
                .toList();
        before = seen;
        return rated;
    }

    private OptionalDouble rate(TracepointInfo info, Map<String, Seen> seen, long nanos) {
        seen.put(info.getName(), new Seen(info.getHits(), nanos));
        Seen last = before.get(info.getName());
        // Fewer hits than before: it is another tracepoint of that name.
        return last == null || info.getHits() < last.hits
                ? OptionalDouble.empty()
                : OptionalDouble.of((info.getHits() - last.hits) * 1e9 / (nanos - last.nanos));
    }
}
