package org.dyntrace.daemon.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.dyntrace.daemon.elf.ModuleFile;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** Looks for the bytes that a jump at one place of a function may replace. Addresses are those of the file. */
final class WindowSearch {
    /** Where relocation is tried: any place in reach does to learn whether the instructions can be moved at all. */
    private static final long TRIAL_DISTANCE = 1 << 16;

    /** More parts than that, and a function that isn't laid out by a compiler is treated as if it computed its jumps. */
    private static final int PARTS_MAX = 64;

    private final ModuleFile file;
    private final FunctionCode function;
    private final CodeIndex index;
    private final Codec codec;
    private Refusal refusal;

    WindowSearch(ModuleFile file, FunctionCode function, CodeIndex index, Codec codec) {
        this.file = file;
        this.function = function;
        this.index = index;
        this.codec = codec;
    }

    /** {@return why there was no window} */
    Refusal refusal() {
        return refusal;
    }

    /** {@return the index of the instruction that a jump for this place would replace, or nothing and then {@link #refusal}} */
    OptionalInt first(long place) {
        int first = function.indexOf(place);
        if (function.instructionsTo(place).get(first).kind() == Kind.ENDBR) {
            first++;
            long behind = place + 4;
            if (behind == function.end()) {
                refuse(Reason.TOO_SHORT, "The function consists of an endbr64 only.");
                return OptionalInt.empty();
            }
            // Otherwise who comes along the other way would be counted too.
            if (index.isReferred(behind, behind + 1, source -> true) || index.isPointedTo(behind, behind + 1)) {
                refuse(Reason.BRANCH_INTO_SITE, "Something branches to behind the endbr64 at this place.");
                return OptionalInt.empty();
            }
        }
        return OptionalInt.of(first);
    }

    /**
     * {@return the window for a jump, or nothing and then {@link #refusal}}
     *
     * @param place the insertion address
     * @param first what {@link #first} said
     * @param jump how many bytes the jump has
     */
    Optional<Window> window(long place, int first, int jump) {
        return take(function.instructionsTo(place), first, jump)
                .filter(this::isUnshared)
                .filter(this::isMovable);
    }

    /** {@return room for two jumps at an instruction inside of the function, where no thread stays: no calls, no system calls} */
    Optional<Window> island(int first) {
        return take(function.instructions(), first, 2 * SitePlan.JUMP)
                .filter(window -> function.instructions().subList(first, first + window.boundaries().length).stream()
                        .allMatch(one -> isPlain(one.kind())))
                .filter(this::isUnshared)
                .filter(this::isMovable);
    }

    private static boolean isPlain(Kind kind) {
        return kind == Kind.OTHER || kind == Kind.NOP || kind == Kind.JCC || kind == Kind.JMP || kind == Kind.RET;
    }

    private Optional<Window> take(List<Instruction> all, int first, int jump) {
        List<Instruction> taken = new ArrayList<>();
        int start = all.get(first).offset();
        int end = start;
        for (int i = first; i < all.size() && end - start < jump; i++) {
            Instruction next = all.get(i);
            if (next.kind() == Kind.BAD) {
                return refuse(Reason.UNDECODABLE, "The bytes behind this place are no instruction.");
            }
            if (!taken.isEmpty() && taken.get(taken.size() - 1).kind().call()) {
                return refuse(Reason.NOT_RELOCATABLE, "A short call here is followed by an instruction to be moved.");
            }
            taken.add(next);
            end = next.end();
        }
        int codeLength = end - start;
        int length = codeLength;
        byte[] bytes = Arrays.copyOfRange(function.bytes(), start, end);
        if (codeLength < jump) {
            Kind last = taken.get(taken.size() - 1).kind();
            length = jump;
            Optional<byte[]> padding = padding(codeLength + function.start() + start, length - codeLength);
            if (!last.endsFlow() && !last.call() || padding.isEmpty()) {
                return refuse(
                        Reason.TOO_SHORT, "The function ends before a jump's 5 bytes, and what follows is no padding.");
            }
            bytes = Arrays.copyOf(bytes, length);
            System.arraycopy(padding.get(), 0, bytes, codeLength, length - codeLength);
        }
        int[] boundaries = taken.stream().mapToInt(one -> one.offset() - start).toArray();
        return Optional.of(new Window(function.start() + start, bytes, codeLength, boundaries));
    }

    /** The bytes behind the function, if they only fill up to the next one. */
    private Optional<byte[]> padding(long from, int size) {
        if (index.isLandmark(from, from + size)) {
            return Optional.empty();
        }
        // A long nop may reach beyond.
        for (int look = 16; look >= size; look--) {
            Optional<byte[]> bytes = FunctionCode.bytes(file, from, from + look);
            if (bytes.isPresent() && isPadding(bytes.get(), size)) {
                return bytes.map(all -> Arrays.copyOf(all, size));
            }
        }
        return Optional.empty();
    }

    private boolean isPadding(byte[] bytes, int size) {
        return codec.decode(bytes, 0).stream()
                .takeWhile(one -> one.offset() < size)
                .allMatch(one -> one.kind() == Kind.NOP || one.kind() == Kind.INT3);
    }

    /** Whether nothing leads into the window but through its beginning. */
    private boolean isUnshared(Window window) {
        long start = window.start();
        long end = start + window.bytes().length;
        long codeEnd = start + window.codeLength();
        if (index.isReferred(start + 1, end, source -> source < start || source >= codeEnd)) {
            refuse(Reason.BRANCH_INTO_SITE, "Other code branches into the 5 bytes that the jump needs.");
            return false;
        }
        if (index.isLandmark(start + 1, end)) {
            refuse(Reason.BRANCH_INTO_SITE, "Another function begins within the 5 bytes that the jump needs.");
            return false;
        }
        if (index.isPointedTo(start + 1, end)) {
            refuse(Reason.BRANCH_INTO_SITE, "A stored address leads into the 5 bytes that the jump needs.");
            return false;
        }
        if (window.boundaries().length == 1) {
            return true; // a computed jump into the middle of an instruction isn't made
        }
        boolean atEntry = file.isEntry(function.start()) && isFirst(start);
        if (!atEntry && !file.landingPadsKnown()) {
            refuse(Reason.INDIRECT_BRANCH, "An exception might land in the 5 bytes that the jump needs.");
            return false;
        }
        if (atEntry && everyBoundaryMovesStack(window)) {
            return true;
        }
        if (!index.jumps().mayCompute(function)) {
            return true;
        }
        JumpTargets computed = function.jumpTargets(!atEntry, this::jumpTargets);
        if (!computed.known()) {
            refuse(
                    Reason.INDIRECT_BRANCH,
                    "The function jumps to places that it computes, maybe into the 5 bytes that the jump needs.");
            return false;
        }
        if (computed.reach(start + 1, codeEnd)) {
            refuse(Reason.BRANCH_INTO_SITE, "A jump table leads into the 5 bytes that the jump needs.");
            return false;
        }
        return true;
    }

    private boolean isFirst(long start) {
        Instruction first = function.instructionsTo(function.start()).get(0);
        return start == function.start() || first.kind() == Kind.ENDBR && start == function.start() + first.length();
    }

    /**
     * Whether the last instruction makes the stack frame and is always reached from those behind the first. A jump from further on
     * in the function can't lead to any of them: it would make the frame once more each time.
     */
    private boolean everyBoundaryMovesStack(Window window) {
        int[] boundaries = window.boundaries();
        int first = function.indexOf(window.start());
        for (int i = 1; i < boundaries.length; i++) {
            Kind kind = function.instructionsTo(window.start()).get(first + i).kind();
            if (kind != Kind.OTHER && kind != Kind.NOP) {
                return false;
            }
        }
        return function.instructionsTo(window.start())
                .get(first + boundaries.length - 1)
                .modifiesRsp();
    }

    /** Where this function, and its parts that lie elsewhere, jump to by computation. */
    JumpTargets jumpTargets(boolean tables) {
        Set<Long> seen = new HashSet<>();
        List<FunctionCode> open = new ArrayList<>(List.of(function));
        List<FunctionCode> parts = new ArrayList<>();
        seen.add(function.start());
        while (!open.isEmpty()) {
            FunctionCode part = open.remove(open.size() - 1);
            parts.add(part);
            if (seen.size() > PARTS_MAX) {
                return JumpTargets.UNKNOWN;
            }
            for (long other : neighbours(part)) {
                FunctionCode.at(file, other, codec)
                        .filter(code -> seen.add(code.start()))
                        .ifPresent(open::add);
            }
        }
        WholeFunction whole = new WholeFunction(file, parts);
        return new ComputedJumps(file, whole, tables, at -> isEntered(whole, at)).targets();
    }

    private boolean isEntered(WholeFunction whole, long address) {
        return index.isReferred(address, address + 1, source -> !whole.holds(source))
                || index.isPointedTo(address, address + 1);
    }

    /** Parts of functions are those that are no entry: jumped to by the rest of the function, and jumping back. */
    private List<Long> neighbours(FunctionCode part) {
        List<Long> places = new ArrayList<>();
        for (Instruction one : part.instructions()) {
            if (one.kind().direct() && !one.kind().call() && !part.holds(one.target()) && file.isCode(one.target())) {
                file.functionAt(one.target())
                        .filter(extent -> file.isPart(extent.start()))
                        .ifPresent(extent -> places.add(extent.start()));
            }
        }
        if (!file.isEntry(part.start())) {
            for (long source : index.sources(part.start(), part.end(), PARTS_MAX)) {
                if (!part.holds(source)) {
                    places.add(source);
                }
            }
        }
        return places;
    }

    private boolean isMovable(Window window) {
        byte[] code = Arrays.copyOf(window.bytes(), window.codeLength());
        try {
            codec.relocate(code, window.bytes().length, window.start(), window.start() + TRIAL_DISTANCE);
            return true;
        } catch (Failure e) {
            refusal = new Refusal(e.reason(), e.getMessage());
            return false;
        }
    }

    private Optional<Window> refuse(Reason reason, String sentence) {
        refusal = new Refusal(reason, sentence);
        return Optional.empty();
    }
}
