package org.dyntrace.daemon.proc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/**
 * What a process has mapped, read at one moment. It may map more meanwhile: who takes a gap found here must ask for it with
 * MAP_FIXED_NOREPLACE.
 *
 * @param mappings by address
 */
public record Maps(List<Mapping> mappings) {
    private static final long PAGE = 4096;

    /** One page below the end of the lower half: the kernel gives user space nothing above it. */
    private static final long USER_END = 0x7ffffffff000L;

    private static final long LOWEST = minimumAddress();

    /** brk grows the heap upwards; a mapping in its way makes malloc fall back to slower means, or fail. */
    private static final long[] HEAP_GROWTH = {1L << 30, 64L << 20};

    /** The main stack grows downwards by its limit, 8 MiB unless set, and the kernel keeps 1 MiB free below it. */
    private static final long STACK_GROWTH = 64L << 20;

    /**
     * Reads them.
     *
     * @param process a process
     * @return its mappings
     * @throws Failure PROCESS_GONE, NOT_PERMITTED
     */
    public static Maps of(ProcessId process) {
        return parse(text(process));
    }

    /**
     * Finds where a process has the beginning of a file mapped. Much cheaper than all of {@link #of}.
     *
     * @param process a process
     * @param fileName the last part of the file's path, which may be deleted
     * @return the first mapping of such a file at offset 0, if there is one
     * @throws Failure PROCESS_GONE, NOT_PERMITTED
     */
    public static Optional<Mapping> find(ProcessId process, String fileName) {
        String text = text(process);
        String wanted = "/" + fileName;
        for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
            Mapping mapping = Mapping.parse(text.substring(text.lastIndexOf('\n', at) + 1, text.indexOf('\n', at)));
            if (mapping.isFile() && mapping.offset() == 0 && mapping.fileName().equals(fileName)) {
                return Optional.of(mapping);
            }
        }
        return Optional.empty();
    }

    private static String text(ProcessId process) {
        Optional<String> text = ProcFile.text(process.directory() + "/maps");
        if (text.isEmpty()) {
            if (!process.isAlive()) {
                throw process.gone();
            }
            throw new Failure(
                    Reason.NOT_PERMITTED,
                    "The memory map of process " + process.pid() + " can't be read.",
                    "Run the daemon as root, or as the user who runs that process.");
        }
        if (text.get().isEmpty()) {
            // Its memory is the first that a dying process loses.
            throw process.gone();
        }
        return text.get();
    }

    static Maps parse(String text) {
        List<Mapping> mappings = new ArrayList<>();
        for (int from = 0, to; (to = text.indexOf('\n', from)) >= 0; from = to + 1) {
            mappings.add(Mapping.parse(text.substring(from, to)));
        }
        return new Maps(List.copyOf(mappings));
    }

    /** {@return the mapping that holds the address, if one does} */
    public Optional<Mapping> at(long address) {
        int low = 0;
        int high = mappings.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Mapping mapping = mappings.get(middle);
            if (mapping.contains(address)) {
                return Optional.of(mapping);
            }
            if (Long.compareUnsigned(address, mapping.start()) < 0) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return Optional.empty();
    }

    /**
     * Finds free address space, as near as can be. It keeps away from where the heap grows (1 GiB above it, 64 MiB when there
     * is nothing else), from where the main stack grows, and from the addresses below vm.mmap_min_addr.
     *
     * @param address the address to be near to
     * @param size how many bytes, &gt; 0; rounded up to pages
     * @param maxDistance how far the farthest byte may lie from the address, in bytes
     * @return the beginning of the gap, page-aligned, or nothing
     */
    public OptionalLong gapNear(long address, long size, long maxDistance) {
        for (long heapGrowth : HEAP_GROWTH) {
            OptionalLong found = gapNear(address, size, maxDistance, heapGrowth);
            if (found.isPresent()) {
                return found;
            }
        }
        return OptionalLong.empty();
    }

    private OptionalLong gapNear(long address, long size, long maxDistance, long heapGrowth) {
        long pages = (size + PAGE - 1) & -PAGE;
        long heapEnd = heapEnd();
        long lowest = Math.max(LOWEST, address - maxDistance);
        long highest = Math.min(USER_END, address + maxDistance);
        long best = -1;
        long gapStart = 0;
        for (int i = 0; i <= mappings.size(); i++) {
            Mapping next = i < mappings.size() ? mappings.get(i) : null;
            long gapEnd = next == null || next.start() < 0 ? USER_END : next.start();
            if (next != null && next.path().equals("[stack]")) {
                gapEnd = Math.max(gapStart, gapEnd - STACK_GROWTH);
            }
            long from = roundUp(Math.max(gapStart, lowest));
            long to = Math.min(gapEnd, highest) & -PAGE;
            if (gapStart == heapEnd && gapStart > 0) {
                from = roundUp(Math.max(from, heapEnd + heapGrowth));
            }
            if (to - from >= pages) {
                long candidate = Math.max(from, Math.min(to - pages, address & -PAGE));
                if (best < 0 || Math.abs(candidate - address) < Math.abs(best - address)) {
                    best = candidate;
                }
            }
            if (next == null || next.end() < 0) {
                break;
            }
            gapStart = next.end();
        }
        return best < 0 ? OptionalLong.empty() : OptionalLong.of(best);
    }

    /** Where brk grows from: the end of [heap], or before its first use the end of the program itself. */
    private long heapEnd() {
        long end = 0;
        Mapping program = null;
        for (Mapping mapping : mappings) {
            if (mapping.path().equals("[heap]")) {
                return mapping.end();
            }
            if (program == null && mapping.isFile()) {
                program = mapping;
            }
            // The program's own pages come first and in one run, its bss without a file last.
            if (program != null
                    && (mapping.sameFile(program)
                            || mapping.start() == end && mapping.path().isEmpty())) {
                end = mapping.end();
            }
        }
        return end;
    }

    private static long minimumAddress() {
        return ProcFile.text("/proc/sys/vm/mmap_min_addr")
                .map(text -> Math.max(Long.parseLong(text.trim()), 1 << 16))
                .orElse(1L << 16);
    }

    private static long roundUp(long address) {
        return (address + PAGE - 1) & -PAGE;
    }
}
