package org.dyntrace.jfrbridge.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.item.Attribute;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.QuantityConversionException;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;

/** Facts for the rules from events as JMC has them. */
final class ItemFacts {
    static final String HIT = "dyntrace.TracepointHit";
    static final String CALL = "dyntrace.FunctionCall";
    static final String ENTRY = "dyntrace.FunctionEntry";
    static final String EXIT = "dyntrace.FunctionExit";
    private static final String PAUSE = "jdk.GCPhasePause";

    private static final IAttribute<String> TRACEPOINT =
            Attribute.attr("tracepoint", "Tracepoint", UnitLookup.PLAIN_TEXT);
    private static final IAttribute<String> SYMBOL = Attribute.attr("symbol", "Symbol", UnitLookup.PLAIN_TEXT);

    private final Map<String, Counted> tracepoints = new HashMap<>();
    private final List<long[]> pauses = new ArrayList<>();
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    /** What is counted for one tracepoint. */
    private static final class Counted {
        final String name;
        final String symbol;
        long hits;
        long calls;
        long entries;
        long exits;
        long duringGc;
        final Histogram durations = new Histogram(3);
        final Map<String, Long> threads = new HashMap<>();

        Counted(String name, String symbol) {
            this.name = name;
            this.symbol = symbol;
        }
    }

    private ItemFacts() {}

    static Facts of(IItemCollection items) {
        ItemFacts facts = new ItemFacts();
        facts.pauses(items.apply(ItemFilters.type(PAUSE)));
        for (String type : List.of(HIT, CALL, ENTRY, EXIT)) {
            facts.count(type, items.apply(ItemFilters.type(type)));
        }
        long paused = facts.pauses.stream().mapToLong(p -> p[1] - p[0]).sum();
        List<TracepointFacts> all =
                facts.tracepoints.values().stream().map(ItemFacts::facts).toList();
        return new Facts(all, all.isEmpty() ? 0 : facts.last - facts.first, paused);
    }

    private static TracepointFacts facts(Counted its) {
        // A trace that was converted has entries and exits besides the calls.
        boolean converted = its.entries + its.exits > 0;
        return new TracepointFacts(
                its.name,
                its.symbol,
                its.hits,
                converted ? its.entries : its.calls,
                converted ? Math.max(0, its.entries - its.exits) : 0,
                its.calls,
                its.calls == 0 ? 0 : its.durations.getValueAtPercentile(50),
                its.calls == 0 ? 0 : its.durations.getValueAtPercentile(99),
                its.calls == 0 ? 0 : its.durations.getMaxValue(),
                its.calls == 0 ? 0 : Math.round(its.durations.getMean() * its.calls),
                its.duringGc,
                its.threads.values().stream().mapToLong(Long::longValue).max().orElse(0));
    }

    private void pauses(IItemCollection items) {
        for (IItemIterable iterable : items) {
            IMemberAccessor<IQuantity, IItem> start = JfrAttributes.START_TIME.getAccessor(iterable.getType());
            IMemberAccessor<IQuantity, IItem> end = JfrAttributes.END_TIME.getAccessor(iterable.getType());
            for (IItem item : iterable) {
                pauses.add(new long[] {nanos(start.getMember(item)), nanos(end.getMember(item))});
            }
        }
        pauses.sort((a, b) -> Long.compare(a[0], b[0]));
    }

    private void count(String type, IItemCollection items) {
        for (IItemIterable iterable : items) {
            IMemberAccessor<IQuantity, IItem> start = JfrAttributes.START_TIME.getAccessor(iterable.getType());
            IMemberAccessor<IQuantity, IItem> end = JfrAttributes.END_TIME.getAccessor(iterable.getType());
            IMemberAccessor<IMCThread, IItem> thread = JfrAttributes.EVENT_THREAD.getAccessor(iterable.getType());
            IMemberAccessor<String, IItem> name = TRACEPOINT.getAccessor(iterable.getType());
            IMemberAccessor<String, IItem> symbol = SYMBOL.getAccessor(iterable.getType());
            if (start == null || name == null || symbol == null) {
                continue;
            }
            for (IItem item : iterable) {
                String function = String.valueOf(symbol.getMember(item));
                String tracepoint = String.valueOf(name.getMember(item));
                Counted its = tracepoints.computeIfAbsent(
                        tracepoint + "\n" + function,
                        k -> new Counted(tracepoint.isEmpty() ? function : tracepoint, function));
                long from = nanos(start.getMember(item));
                long to = end == null ? from : nanos(end.getMember(item));
                first = Math.min(first, from);
                last = Math.max(last, to);
                count(type, its, from, to, thread == null ? null : thread.getMember(item));
            }
        }
    }

    private void count(String type, Counted its, long from, long to, IMCThread thread) {
        switch (type) {
            case HIT -> its.hits++;
            case ENTRY -> {
                its.entries++;
                return;
            }
            case EXIT -> {
                its.exits++;
                return;
            }
            default -> {
                its.calls++;
                its.durations.recordValue(Math.max(0, to - from));
            }
        }
        its.duringGc += isPaused(from) ? 1 : 0;
        its.threads.merge(thread == null ? "" : thread.getThreadName() + thread.getThreadId(), 1L, Long::sum);
    }

    private boolean isPaused(long time) {
        int low = 0;
        int high = pauses.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pauses.get(middle)[0] <= time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low > 0 && time < pauses.get(low - 1)[1];
    }

    private static long nanos(IQuantity time) {
        try {
            return time.longValueIn(UnitLookup.EPOCH_NS);
        } catch (QuantityConversionException e) {
            return 0;
        }
    }
}
