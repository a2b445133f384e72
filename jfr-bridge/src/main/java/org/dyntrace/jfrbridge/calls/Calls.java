package org.dyntrace.jfrbridge.calls;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.dyntrace.jfrbridge.event.Event;
import org.dyntrace.jfrbridge.event.Place;

/**
 * Puts entries and exits of each thread together, as they nest. Calls that JFR has whole go between them, unless LTTng has the same ones.
 * What can't be paired, since the other part was lost or lies outside the recording, is told apart.
 */
public final class Calls {
    /** Deeper than this no recursion is followed; the outermost frames are given up. */
    private static final int MAX_DEPTH = 100_000;

    private final Consumer<Call> ended;
    private final Consumer<Place> exitMissing;
    private final Consumer<Place> entryMissing;
    private final Map<Long, Deque<Call>> stacks = new HashMap<>();
    /** What LTTng has entries of. */
    private final Set<Long> entered = new HashSet<>();

    private final Map<Call, Long> ends = new HashMap<>();
    private long threadless;

    /**
     * Pairs.
     *
     * @param ended is told each call when it ends
     * @param exitMissing is told of entries without an exit, among calls that did end
     * @param entryMissing is told of exits without an entry
     */
    public Calls(Consumer<Call> ended, Consumer<Place> exitMissing, Consumer<Place> entryMissing) {
        this.ended = ended;
        this.exitMissing = exitMissing;
        this.entryMissing = entryMissing;
    }

    /**
     * Takes the next event.
     *
     * @param event any, in the order of time
     */
    public void next(Event event) {
        switch (event.type().kind()) {
            case ENTRY -> enter(event, 0);
            case EXIT -> exit(event);
            case CALL -> {
                if (!entered.contains(event.address())) {
                    enter(event, event.time() + event.duration());
                }
            }
            default -> {
                // No part of a call.
            }
        }
    }

    private void enter(Event event, long end) {
        if (event.tid() < 0) {
            threadless++;
            return;
        }
        Deque<Call> stack = stack(event);
        if (end == 0) {
            entered.add(event.address());
        }
        if (stack.size() >= MAX_DEPTH) {
            exitMissing.accept(stack.removeLast().place());
        }
        Call call = new Call(event.place(), event.pid(), event.tid(), event.time(), stack.peek());
        stack.push(call);
        if (end != 0) {
            ends.put(call, end);
        }
    }

    private void exit(Event event) {
        if (event.tid() < 0) {
            threadless++;
            return;
        }
        Deque<Call> stack = stack(event);
        long address = event.address();
        boolean known = stack.stream().anyMatch(c -> c.place().address() == address);
        if (!known) {
            entryMissing.accept(event.place());
            return;
        }
        while (stack.peek().place().address() != address) {
            Call lost = stack.pop();
            if (ends.remove(lost) == null) {
                exitMissing.accept(lost.place());
            } else {
                finish(lost, event.time());
            }
        }
        finish(stack.pop(), event.time());
    }

    private void finish(Call call, long time) {
        call.end(time);
        ended.accept(call);
    }

    /** {@return the thread's stack, without calls of JFR's that have ended by now} */
    private Deque<Call> stack(Event event) {
        Deque<Call> stack = stacks.computeIfAbsent((long) event.pid() << 32 | event.tid(), k -> new ArrayDeque<>());
        while (!stack.isEmpty()) {
            Long end = ends.get(stack.peek());
            if (end == null || end > event.time()) {
                break;
            }
            ends.remove(stack.peek());
            finish(stack.pop(), end);
        }
        return stack;
    }

    /** No event comes any more: ends calls whose end is known, and tells how many of the others go on. */
    public long finish() {
        long open = 0;
        for (Deque<Call> stack : stacks.values()) {
            while (!stack.isEmpty()) {
                Call call = stack.pop();
                Long end = ends.remove(call);
                if (end == null) {
                    open++;
                } else {
                    finish(call, end);
                }
            }
        }
        return open;
    }

    /** {@return how many entries and exits have no thread: they can't be paired} */
    public long threadless() {
        return threadless;
    }
}
