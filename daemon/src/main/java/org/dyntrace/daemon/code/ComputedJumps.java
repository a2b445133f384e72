package org.dyntrace.daemon.code;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.dyntrace.daemon.elf.ModuleFile;

/**
 * Finds out where a function jumps to by computation.
 *
 * <p>A jump through memory, or to a pointer loaded from memory, leads to an address that is stored somewhere: those are known, by
 * relocations. What is left is arithmetic. Compilers make it for switch statements: to the address of a table they add an entry of it.
 * Such a table is read as far as its entries could lead to code, which is at least as far as it goes. Anything else is unknown.
 */
final class ComputedJumps {
    /** A table that seems longer is none. */
    private static final int ENTRIES_MAX = 1 << 16;

    /** A switch may be reached by the table of another one only. */
    private static final int ROUNDS_MAX = 64;

    private final ModuleFile file;
    private final List<Instruction> instructions;
    private final List<Integer> jumps = new ArrayList<>();
    private final boolean tables;
    private final ValueOrigins origins;

    /**
     * Prepares for a function.
     *
     * @param tables whether tables of pointers count as well: a program may compute what it puts into them
     * @param enteredFromElsewhere tells for an address in the function whether anything but its own code leads there
     */
    ComputedJumps(ModuleFile file, WholeFunction function, boolean tables, LongPredicate enteredFromElsewhere) {
        this.file = file;
        this.instructions = function.instructions();
        this.tables = tables;
        this.origins = new ValueOrigins(function, file.landingPadsKnown(), enteredFromElsewhere);
        for (int i = 0; i < instructions.size(); i++) {
            Instruction one = instructions.get(i);
            if (one.kind() == Kind.INDIRECT_JMP && !(one.throughMemory() && !(tables && one.indexed()))) {
                jumps.add(i);
            }
        }
    }

    /** {@return where they lead} */
    JumpTargets targets() {
        JumpTargets all = JumpTargets.NONE;
        // What one table says are new ways through the function, on which values for another jump may come.
        for (int round = 0; round < ROUNDS_MAX; round++) {
            boolean newWays = false;
            all = JumpTargets.NONE;
            for (int jump : jumps) {
                JumpTargets some = targets(jump);
                all = all.and(some);
                newWays |= origins.connect(jump, some);
            }
            if (!newWays) {
                return all;
            }
        }
        return JumpTargets.UNKNOWN;
    }

    private JumpTargets targets(int jump) {
        int register = instructions.get(jump).branchRegister();
        if (register < 0) {
            return JumpTargets.UNKNOWN;
        }
        if (origins.isStored(jump, register, tables)) {
            return JumpTargets.NONE;
        }
        JumpTargets all = JumpTargets.NONE;
        for (int sum : origins.makers(jump, register)) {
            Instruction one = instructions.get(sum);
            if (one.addedRegister() < 0) {
                return JumpTargets.UNKNOWN;
            }
            all = all.and(table(sum, one.baseRegister(), one.addedRegister())
                    .or(() -> table(sum, one.addedRegister(), one.baseRegister()))
                    .map(this::entries)
                    .orElse(JumpTargets.UNKNOWN));
        }
        return jumpsSomewhere(all);
    }

    /** No maker at all means that one is not known. */
    private static JumpTargets jumpsSomewhere(JumpTargets found) {
        return found.places().length == 0 ? JumpTargets.UNKNOWN : found;
    }

    /** {@return the address of the table of which one register holds an entry, if the other holds that address} */
    private Optional<Long> table(int sum, int entry, int base) {
        OptionalLong table = constant(sum, base);
        Set<Integer> loads = origins.makers(sum, entry);
        if (table.isEmpty() || loads.isEmpty()) {
            return Optional.empty();
        }
        for (int load : loads) {
            Instruction one = instructions.get(load);
            if (!one.loadsDistance() || !constant(load, one.baseRegister()).equals(table)) {
                return Optional.empty();
            }
        }
        return Optional.of(table.getAsLong());
    }

    /** {@return the address that a register holds, if it is the same on all ways} */
    private OptionalLong constant(int at, int register) {
        OptionalLong only = OptionalLong.empty();
        for (int maker : origins.makers(at, register)) {
            Instruction one = instructions.get(maker);
            if (!one.loadsConstant() || !one.ripRelative() || only.isPresent() && only.getAsLong() != one.target()) {
                return OptionalLong.empty();
            }
            only = OptionalLong.of(one.target());
        }
        return only;
    }

    private JumpTargets entries(long table) {
        ByteBuffer distances = file.constants(table);
        LongStream.Builder places = LongStream.builder();
        for (int i = 0; distances.remaining() >= Integer.BYTES; i++) {
            long place = table + distances.getInt();
            if (!file.isCode(place)) {
                break;
            }
            if (i == ENTRIES_MAX) {
                return JumpTargets.UNKNOWN;
            }
            places.add(place);
        }
        return JumpTargets.of(places.build());
    }
}
