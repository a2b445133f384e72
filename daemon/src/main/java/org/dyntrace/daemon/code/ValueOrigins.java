package org.dyntrace.daemon.code;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * Follows a register's value back through a function, over all the ways that lead to an instruction, to where it was made. A way
 * that can't be followed counts as one on which it was computed.
 */
final class ValueOrigins {
    /** rax, rcx, rdx, rsi, rdi, r8 to r11: a call leaves there what the callee returns, or nothing of use. */
    private static final int CALLER_SAVED = 0b0000_1111_1100_0111;

    /** Steps after which a value counts as computed; a function of 100,000 instructions is no function to be thorough with. */
    private static final int STEPS_MAX = 100_000;

    private final WholeFunction function;
    private final List<Instruction> instructions;
    private final boolean waysKnown;
    private final LongPredicate enteredFromElsewhere;
    private final Map<Integer, List<Integer>> jumpsTo = new HashMap<>();

    private record Step(int index, int register) {}

    /**
     * Prepares for a function.
     *
     * @param waysKnown whether no way leads into it but calls, jumps and {@code enteredFromElsewhere}. Then an instruction to which none
     *     leads is not run, unless a computed jump leads there: whoever asks must {@link #connect} those and ask again
     * @param enteredFromElsewhere tells for an address in the function whether anything but its own code leads there
     */
    ValueOrigins(WholeFunction function, boolean waysKnown, LongPredicate enteredFromElsewhere) {
        this.waysKnown = waysKnown;
        this.enteredFromElsewhere = enteredFromElsewhere;
        this.function = function;
        this.instructions = function.instructions();
        for (int i = 0; i < instructions.size(); i++) {
            Instruction one = instructions.get(i);
            if (one.kind().direct() && !one.kind().call() && function.holds(one.target())) {
                jumpsTo.computeIfAbsent(function.indexOf(one.target()), key -> new ArrayList<>())
                        .add(i);
            }
        }
    }

    /**
     * {@return whether the value always was loaded from memory, is a constant, was returned by a call or came from the caller: an address
     * that was stored somewhere}
     *
     * @param at index of the instruction that uses the value
     * @param register where it is then
     * @param noTables whether a value from a table doesn't count as one that was stored
     */
    boolean isStored(int at, int register, boolean noTables) {
        Set<Step> seen = new HashSet<>();
        Deque<Step> open = new ArrayDeque<>();
        open.add(new Step(at, register));
        while (!open.isEmpty()) {
            Step step = open.remove();
            if (!seen.add(step)) {
                continue;
            }
            if (seen.size() > STEPS_MAX) {
                return false;
            }
            List<Integer> before = before(step.index());
            if (!function.isEntry(step.index()) && (isUnknown(before) || isEntered(step.index()))) {
                return false; // some way leads here, and it isn't known
            }
            for (int previous : before) {
                Instruction one = instructions.get(previous);
                boolean writes = (one.writes() & 1 << step.register()) != 0;
                if (one.kind().call() && (CALLER_SAVED & 1 << step.register()) != 0) {
                    continue;
                }
                if (!writes) {
                    open.add(new Step(previous, step.register()));
                } else if (one.movedRegister() >= 0) {
                    open.add(new Step(previous, one.movedRegister()));
                } else if (!one.loadsConstant() && (!one.loadsPointer() || noTables && one.indexed())) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * {@return the instructions that made a value, on whatever way it came; none if some way can't be followed}
     *
     * @param at index of the instruction that uses the value
     * @param register where it is then
     */
    Set<Integer> makers(int at, int register) {
        Set<Integer> makers = new TreeSet<>();
        Set<Step> seen = new HashSet<>();
        Deque<Step> open = new ArrayDeque<>();
        open.add(new Step(at, register));
        while (!open.isEmpty()) {
            Step step = open.remove();
            if (!seen.add(step)) {
                continue;
            }
            List<Integer> before = before(step.index());
            if (seen.size() > STEPS_MAX
                    || function.isEntry(step.index())
                    || isUnknown(before)
                    || isEntered(step.index())) {
                return Set.of();
            }
            for (int previous : before) {
                Instruction one = instructions.get(previous);
                if (one.kind().call() && (CALLER_SAVED & 1 << step.register()) != 0) {
                    return Set.of();
                } else if ((one.writes() & 1 << step.register()) == 0) {
                    open.add(new Step(previous, step.register()));
                } else if (one.movedRegister() >= 0) {
                    open.add(new Step(previous, one.movedRegister()));
                } else {
                    makers.add(previous);
                }
            }
        }
        return makers;
    }

    private boolean isUnknown(List<Integer> before) {
        return before.isEmpty() && !waysKnown;
    }

    /** A computed jump leads to these places as well; {@return whether that is news} */
    boolean connect(int jump, JumpTargets targets) {
        boolean news = false;
        for (long place : targets.places()) {
            int at = function.indexOf(place);
            if (at >= 0) {
                List<Integer> sources = jumpsTo.computeIfAbsent(at, key -> new ArrayList<>());
                if (!sources.contains(jump)) {
                    sources.add(jump);
                    news = true;
                }
            }
        }
        return news;
    }

    private boolean isEntered(int index) {
        return enteredFromElsewhere.test(function.address(index));
    }

    private List<Integer> before(int index) {
        List<Integer> before = new ArrayList<>(jumpsTo.getOrDefault(index, List.of()));
        if (function.beginsPart(index)) {
            return before;
        }
        Instruction previous = instructions.get(index - 1);
        if (!previous.kind().endsFlow() && previous.kind() != Kind.BAD && previous.kind() != Kind.INT3) {
            before.add(index - 1);
        }
        return before;
    }
}
