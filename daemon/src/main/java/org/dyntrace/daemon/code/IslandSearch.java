package org.dyntrace.daemon.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.dyntrace.daemon.elf.Extent;
import org.dyntrace.daemon.elf.ModuleFile;

/**
 * Looks for room for a jump within reach of one of 2 bytes: padding between functions, else instructions inside of a function that can
 * be moved as well. Addresses are those of the file.
 *
 * <p>The technique is that of neighbour eviction: Duck, Gao, Roychoudhury, Binary Rewriting without Control Flow Recovery, PLDI 2020.
 */
final class IslandSearch {
    /** Compilers align functions to 64 bytes at the most. */
    private static final int LONGEST_PADDING = 64;

    /** Bytes at a function's beginning that are left for a tracepoint there. */
    private static final int HEAD = 24;

    private final ModuleFile file;
    private final CodeIndex index;
    private final Codec codec;
    private final Predicate<Window> free;

    /**
     * A search.
     *
     * @param file the module's file
     * @param index of its code
     * @param codec for its instructions
     * @param free whether these bytes of the process are as in the file and not ours
     */
    IslandSearch(ModuleFile file, CodeIndex index, Codec codec, Predicate<Window> free) {
        this.file = file;
        this.index = index;
        this.codec = codec;
        this.free = free;
    }

    /** {@return room for a jump that one at the window's beginning reaches} */
    Optional<Window> near(Window window) {
        long from = window.start() + SitePlan.SHORT_JUMP + Byte.MIN_VALUE;
        long to = window.start() + SitePlan.SHORT_JUMP + Byte.MAX_VALUE;
        List<Extent> functions = new ArrayList<>();
        for (long at = from; at < to + SitePlan.JUMP; ) {
            Optional<Extent> function = file.functionAt(at);
            if (function.isPresent()) {
                functions.add(function.get());
                at = Math.max(at + 1, function.get().end());
            } else {
                long end = gapEnd(at);
                Optional<Window> island = padding(at, end, from, to, window);
                if (island.isPresent()) {
                    return island;
                }
                at = end;
            }
        }
        for (Extent function : functions) {
            Optional<Window> island = code(function, from, to, window);
            if (island.isPresent()) {
                return island;
            }
        }
        return Optional.empty();
    }

    private long gapEnd(long at) {
        long end = at + 1;
        while (end < at + 2 * LONGEST_PADDING && file.functionAt(end).isEmpty() && !index.isLandmark(end, end + 1)) {
            end++;
        }
        return end;
    }

    /** The last bytes first: the function before may need those behind it. */
    private Optional<Window> padding(long at, long end, long from, long to, Window window) {
        long start = at;
        while (start > at - LONGEST_PADDING && file.functionAt(start - 1).isEmpty()) {
            start--;
        }
        if (!isPadding(start, end)) {
            return Optional.empty();
        }
        for (long jump = Math.min(to, end - SitePlan.JUMP); jump >= Math.max(from, start); jump -= SitePlan.JUMP) {
            Window island = new Window(
                    jump, FunctionCode.bytes(file, jump, jump + SitePlan.JUMP).orElseThrow(), 0, new int[0]);
            if (isApart(island, window) && isUntouched(island) && free.test(island)) {
                return Optional.of(island);
            }
        }
        return Optional.empty();
    }

    /** Whether these bytes only fill up, and nothing comes along from before. */
    private boolean isPadding(long start, long end) {
        Optional<byte[]> bytes = FunctionCode.bytes(file, start, end);
        if (bytes.isEmpty()
                || !codec.decode(bytes.get(), start).stream()
                        .allMatch(one -> one.kind() == Kind.NOP || one.kind() == Kind.INT3)) {
            return false;
        }
        return FunctionCode.at(file, start - 1, codec)
                .filter(before -> before.end() == start && !before.contradictsItself())
                .map(before -> before.instructions()
                        .get(before.instructions().size() - 1)
                        .kind())
                .filter(last -> last.endsFlow() || last.call())
                .isPresent();
    }

    private boolean isUntouched(Window padding) {
        return !index.isReferred(padding.start(), padding.end(), source -> true)
                && !index.isLandmark(padding.start(), padding.end())
                && !index.isPointedTo(padding.start(), padding.end());
    }

    private Optional<Window> code(Extent extent, long from, long to, Window window) {
        FunctionCode function = FunctionCode.at(file, extent.start(), codec)
                .filter(code -> code.is(extent))
                .orElse(null);
        if (function == null || file.isLinkage(extent.start()) || function.contradictsItself()) {
            return Optional.empty();
        }
        WindowSearch search = new WindowSearch(file, function, index, codec);
        List<Instruction> all = function.instructions();
        for (int i = 0; i < all.size() && all.get(i).kind() != Kind.BAD; i++) {
            long start = extent.start() + all.get(i).offset();
            if (all.get(i).offset() < HEAD || start + Codec.WINDOW_MAX < from) {
                continue;
            }
            if (start > to) {
                break;
            }
            Optional<Window> island = search.island(i)
                    .filter(found -> found.end() - SitePlan.JUMP >= from && found.end() - SitePlan.JUMP <= to)
                    .filter(found -> isApart(found, window))
                    .filter(free);
            if (island.isPresent()) {
                return island;
            }
        }
        return Optional.empty();
    }

    private static boolean isApart(Window one, Window other) {
        return one.start() >= other.end() || one.end() <= other.start();
    }
}
