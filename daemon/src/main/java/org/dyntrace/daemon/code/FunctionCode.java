package org.dyntrace.daemon.code;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.dyntrace.daemon.elf.CodeRange;
import org.dyntrace.daemon.elf.Extent;
import org.dyntrace.daemon.elf.ModuleFile;

/** The instructions of one function, as its file holds them. Addresses are those of the file. */
final class FunctionCode {
    /** In a window at the function's beginning the last instruction begins no further: an endbr64, and 4 bytes of others. */
    private static final int HEAD = 4 + 4;

    private static final int LONGEST_INSTRUCTION = 15;

    private final Extent extent;
    private final byte[] bytes;
    private final Codec codec;

    /** Most functions are looked at where they begin, and no further. */
    private volatile List<Instruction> head;

    private volatile List<Instruction> instructions;

    /** What was found out before, as it takes a look at all of the function; null until then. */
    private volatile Boolean contradictsItself;

    private final Map<Boolean, JumpTargets> jumpTargets = new ConcurrentHashMap<>();

    private FunctionCode(Extent extent, byte[] bytes, Codec codec) {
        this.extent = extent;
        this.bytes = bytes;
        this.codec = codec;
    }

    static Optional<FunctionCode> at(ModuleFile file, long address, Codec codec) {
        return file.functionAt(address)
                .flatMap(extent ->
                        bytes(file, extent.start(), extent.end()).map(bytes -> new FunctionCode(extent, bytes, codec)));
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
        List<Instruction> all = instructions;
        if (all == null) {
            all = codec.decode(bytes, extent.start());
            instructions = all;
        }
        return all;
    }

    /**
     * {@return the instructions from the first one on to behind any window that begins at a place}
     *
     * @param place the function's beginning, behind an endbr64 there, or anywhere else in it
     */
    List<Instruction> instructionsTo(long place) {
        if (instructions != null || place > start() + 4 || bytes.length <= HEAD + LONGEST_INSTRUCTION) {
            return instructions();
        }
        List<Instruction> some = head;
        if (some == null) {
            some = codec.decode(Arrays.copyOf(bytes, HEAD + LONGEST_INSTRUCTION), extent.start()).stream()
                    // Of others the end may be cut off.
                    .filter(one -> one.offset() <= HEAD)
                    .toList();
            head = some;
        }
        return some;
    }

    /** {@return the address of an instruction, of those {@link #instructionsTo} a place} */
    long startOf(long place, int index) {
        return start() + instructionsTo(place).get(index).offset();
    }

    /** {@return the index of the instruction that begins at the address, or -1} */
    int indexOf(long address) {
        List<Instruction> known = instructionsTo(address);
        int low = 0;
        int high = known.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long at = start() + known.get(middle).offset();
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
        for (Instruction one : instructionsTo(address)) {
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
            contradictsItself = instructions().stream()
                    .anyMatch(one -> one.kind().direct() && holds(one.target()) && indexOf(one.target()) < 0);
        }
        return contradictsItself;
    }

    /**
     * {@return what was found out by {@code find} the first time}
     *
     * @param tables whether tables of pointers count as well
     * @param find tells where this function, with its parts that lie elsewhere, jumps to by computation
     */
    JumpTargets jumpTargets(boolean tables, Function<Boolean, JumpTargets> find) {
        JumpTargets known = jumpTargets.get(tables);
        if (known == null) {
            known = find.apply(tables);
            jumpTargets.put(tables, known);
        }
        return known;
    }
}
