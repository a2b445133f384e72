package org.dyntrace.jmc.page;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.openjdk.jmc.common.item.Attribute;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.item.ItemCollectionToolkit;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;

/** The calls of a function that a recording has, and how long they took. */
final class FunctionCalls {
    private static final String CALL = "dyntrace.FunctionCall";
    private static final IAttribute<String> SYMBOL = Attribute.attr("symbol", "Symbol", UnitLookup.PLAIN_TEXT);
    private static final IAttribute<String> TRACEPOINT =
            Attribute.attr("tracepoint", "Tracepoint", UnitLookup.PLAIN_TEXT);

    /** As precise as those of reports, so that both say the same. */
    private static final int DIGITS = 3;

    private static final int FEW = 8;

    private final String function;
    private IItem[] calls = new IItem[FEW];
    private long[] nanos = new long[FEW];
    private int count;
    private long median;
    private long p99;
    private long longest;

    private FunctionCalls(String function) {
        this.function = function;
    }

    /**
     * Looks through a recording.
     *
     * @throws CancellationException when this thread is interrupted meanwhile
     */
    static List<FunctionCalls> in(IItemCollection recording) {
        Map<String, FunctionCalls> found = new LinkedHashMap<>();
        for (IItemIterable calls : recording.apply(ItemFilters.type(CALL))) {
            IMemberAccessor<IQuantity, IItem> duration = JfrAttributes.DURATION.getAccessor(calls.getType());
            IMemberAccessor<String, IItem> symbol = SYMBOL.getAccessor(calls.getType());
            IMemberAccessor<String, IItem> tracepoint = TRACEPOINT.getAccessor(calls.getType());
            if (duration == null || symbol == null || tracepoint == null) {
                continue;
            }
            for (IItem call : calls) {
                IQuantity took = duration.getMember(call);
                if (took == null) {
                    continue;
                }
                String function = symbol.getMember(call);
                if (function == null || function.isEmpty()) {
                    function = String.valueOf(tracepoint.getMember(call));
                }
                found.computeIfAbsent(function, FunctionCalls::new)
                        .add(call, Math.max(0, took.clampedFloorIn(UnitLookup.NANOSECOND)));
                goOn();
            }
        }
        // One for all: it takes 16 KiB and more, and there may be 100,000 functions.
        Histogram histogram = new Histogram(DIGITS);
        found.values().forEach(each -> each.finish(histogram));
        return List.copyOf(found.values());
    }

    private static void goOn() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException();
        }
    }

    private void add(IItem call, long took) {
        if (count == calls.length) {
            calls = Arrays.copyOf(calls, count * 2);
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        calls[count] = call;
        nanos[count] = took;
        count++;
        longest = Math.max(longest, took);
    }

    private void finish(Histogram histogram) {
        goOn();
        calls = Arrays.copyOf(calls, count);
        nanos = Arrays.copyOf(nanos, count);
        histogram.reset();
        for (long took : nanos) {
            histogram.recordValue(took);
        }
        median = histogram.getValueAtPercentile(50);
        p99 = histogram.getValueAtPercentile(99);
    }

    /** {@return its symbol; the tracepoint's name where there is none} */
    String function() {
        return function;
    }

    /** {@return how many calls there are} */
    int count() {
        return count;
    }

    /** {@return in ns} */
    long median() {
        return Math.min(median, longest);
    }

    /** {@return in ns} */
    long p99() {
        return Math.min(p99, longest);
    }

    /** {@return in ns} */
    long longest() {
        return longest;
    }

    /** Counts each call in its bucket. */
    void countIn(long[] buckets) {
        for (long took : nanos) {
            buckets[Buckets.of(took)]++;
        }
    }

    /** {@return all calls of some functions} */
    static IItemCollection all(Collection<FunctionCalls> functions) {
        return ItemCollectionToolkit.build(functions.stream().flatMap(each -> Arrays.stream(each.calls)));
    }

    /** {@return the calls of some functions that are in a bucket} */
    static IItemCollection in(int bucket, Collection<FunctionCalls> functions) {
        return ItemCollectionToolkit.build(functions.stream().flatMap(each -> each.in(bucket)));
    }

    private Stream<IItem> in(int bucket) {
        return IntStream.range(0, count)
                .filter(i -> Buckets.of(nanos[i]) == bucket)
                .mapToObj(i -> calls[i]);
    }
}
