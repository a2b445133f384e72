package org.dyntrace.daemon.code;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.dyntrace.daemon.elf.CodeRange;
import org.dyntrace.daemon.elf.Extent;
import org.dyntrace.daemon.elf.ModuleFile;

/** The instructions of one function, as its file holds them. Addresses are those of the file. */
final class FunctionCode {
    private final Extent extent;
    private final byte[] bytes;
    private final List<Instruction> instructions;

    /** What was found out before, as it takes a look at all of the function; null until then. */
    private volatile Boolean contradictsItself;

    private final Map<Boolean, Boolean> computesJumps = new ConcurrentHashMap<>();

    private FunctionCode(Extent extent, byte[] bytes, List<Instruction> instructions) {
        this.extent = extent;
        this.bytes = bytes;
        this.instructions = instructions;
    }

    static Optional<FunctionCode> at(ModuleFile file, long address, Codec codec) {
        return file.functionAt(address)
                .flatMap(extent -> bytes(file, extent.start(), extent.end())
                        .map(bytes -> new FunctionCode(extent, bytes, codec.decode(bytes, extent.start()))));
    }

    /** {@return these bytes of the file, if all of them are code} */
    static Optional<byte[]> bytes(ModuleFile file, long start, long end) {
        for (CodeRange range : file.code()) {
            if (range.contains(start) && end <= range.end()) {
                int from = (int) (start - range.address());
                return Optional.of(Arrays.copyOfRange(range.bytes(), from, from + (int) (end - start)));
            }
        }
        return Optional.empty();
    }

    /** {@return whether it is the code of this extent} */
    boolean is(Extent other) {
        return extent.equals(other);
    }

    long start() {
        return extent.start();
    }

    long end() {
        return extent.end();
    }

    boolean holds(long address) {
        return address >= start() && address < end();
    }

    byte[] bytes() {
        return bytes;
    }

    List<Instruction> instructions() {
        return instructions;
    }

    /** {@return the index of the instruction that begins at the address, or -1} */
    int indexOf(long address) {
        int low = 0;
        int high = instructions.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long at = start() + instructions.get(middle).offset();
            if (at == address) {
                return middle;
            }
            if (at < address) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** {@return whether bytes before the address are no instructions} */
    boolean hasBadBefore(long address) {
        for (Instruction one : instructions) {
            if (start() + one.offset() >= address) {
                return false;
            }
            if (one.kind() == Kind.BAD) {
                return true;
            }
        }
        return false;
    }

    /** {@return whether a branch of the function leads into the middle of what was decoded as an instruction: there is data among it} */
    boolean contradictsItself() {
        if (contradictsItself == null) {
            contradictsItself = instructions.stream()
                    .anyMatch(one -> one.kind().direct() && holds(one.target()) && indexOf(one.target()) < 0);
        }
        return contradictsItself;
    }

    /**
     * {@return what was found out by {@code find} the first time}
     *
     * @param tables whether tables of pointers count as well
     * @param find tells whether this function, or a part of it that lies elsewhere, jumps to places that it computes
     */
    boolean computesJumps(boolean tables, Predicate<Boolean> find) {
        return computesJumps.computeIfAbsent(tables, find::test);
    }

    /**
     * {@return whether the function jumps to a place that it computes}
     *
     * <p>A jump through memory, or to a pointer loaded from memory, leads to an address that is stored somewhere: those are known, by
     * relocations. What is left is arithmetic, mostly tables of distances.
     *
     * @param tables whether tables of pointers count as well: a program may compute what it puts into them
     * @param entry whether callers enter the function, rather than another part of the same function
     * @param enteredFromElsewhere tells for an address in the function whether anything but its own code leads there
     */
    boolean jumpsToComputedPlace(boolean tables, boolean entry, LongPredicate enteredFromElsewhere) {
        ValueOrigins origins = null;
        for (int i = 0; i < instructions.size(); i++) {
            Instruction one = instructions.get(i);
            if (one.kind() != Kind.INDIRECT_JMP) {
                continue;
            }
            if (one.throughMemory()) {
                if (tables && one.indexed()) {
                    return true;
                }
                continue;
            }
            origins = origins == null ? new ValueOrigins(this, entry, enteredFromElsewhere) : origins;
            if (one.branchRegister() < 0 || !origins.isStored(i, one.branchRegister(), tables)) {
                return true;
            }
        }
        return false;
    }
}
