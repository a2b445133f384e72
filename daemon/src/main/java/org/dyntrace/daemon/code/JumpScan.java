package org.dyntrace.daemon.code;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dyntrace.daemon.elf.Extent;
import org.dyntrace.daemon.elf.ModuleFile;

/**
 * Which functions of a file may jump by computation. Told from their bytes: most functions don't, and need not be decoded as a whole to
 * know that.
 */
final class JumpScan {
    private final ModuleFile file;
    /** By their beginnings, functions and parts of functions that lie elsewhere: what code of each refers to the other. */
    private final Map<Long, Set<Long>> links = new HashMap<>();
    /** The beginnings of those linked, directly or not, with one that may jump by computation. */
    private final Set<Long> suspects = new HashSet<>();

    /** Looks through all of a file's code. */
    JumpScan(ModuleFile file, CodeIndex index) {
        this.file = file;
        Deque<Long> open = new ArrayDeque<>();
        for (long landmark : file.landmarks()) {
            if (file.isPart(landmark)) {
                file.functionAt(landmark).ifPresent(part -> link(part, index));
            }
        }
        for (long start : links.keySet()) {
            if (file.functionAt(start).map(this::mayCompute).orElse(true)) {
                open.add(start);
            }
        }
        while (!open.isEmpty()) {
            long next = open.remove();
            if (suspects.add(next)) {
                open.addAll(links.get(next));
            }
        }
        links.clear();
    }

    private void link(Extent part, CodeIndex index) {
        links.computeIfAbsent(part.start(), start -> new HashSet<>());
        for (long source : index.sources(part.start(), part.end(), Integer.MAX_VALUE)) {
            Optional<Extent> other = file.functionAt(source).filter(from -> from.start() != part.start());
            if (other.isPresent()) {
                links.get(part.start()).add(other.get().start());
                links.computeIfAbsent(other.get().start(), start -> new HashSet<>())
                        .add(part.start());
            }
        }
    }

    private boolean mayCompute(Extent extent) {
        return FunctionCode.bytes(file, extent.start(), extent.end())
                .map(JumpScan::mayCompute)
                .orElse(true);
    }

    /** {@return false if neither the function nor a part of it that lies elsewhere jumps by computation} */
    boolean mayCompute(FunctionCode function) {
        return mayCompute(function.bytes()) || suspects.contains(function.start());
    }

    /** An indirect jump is FF /4, whatever the prefixes: Intel SDM, volume 2, JMP. */
    private static boolean mayCompute(byte[] code) {
        for (int i = 0; i + 1 < code.length; i++) {
            if (code[i] == (byte) 0xff && (code[i + 1] & 0x38) == 0x20) {
                return true;
            }
        }
        return false;
    }
}
