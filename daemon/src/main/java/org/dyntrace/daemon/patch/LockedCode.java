package org.dyntrace.daemon.patch;

import java.util.Set;
import org.dyntrace.daemon.elf.Match;

/**
 * Code that runs while the allocator's or the loader's lock may be held. A tracer must not allocate there: lttng-ust does
 * when it meets a thread for the first time.
 */
final class LockedCode {
    /** What the allocator calls with its lock held. */
    private static final Set<String> CALLED_BY_ALLOCATOR = Set.of(
            "brk", "sbrk", "mmap", "mmap64", "munmap", "mremap", "mprotect", "madvise", "memset", "memcpy", "memmove");

    private LockedCode() {}

    static boolean mayHoldLocks(Match match) {
        String module = match.module().name();
        boolean runtime = module.startsWith("libc.so")
                || module.startsWith("libc-")
                || module.startsWith("ld-")
                || module.contains("malloc");
        String name = match.symbol().map(symbol -> symbol.linkName()).orElse("_");
        return runtime
                && (name.startsWith("_")
                        || match.offset() != 0
                        || CALLED_BY_ALLOCATOR.contains(name)
                        || name.contains("arena")
                        || name.startsWith("sysmalloc")
                        || name.startsWith("tcache")
                        || name.startsWith("malloc_")
                        || name.startsWith("systrim")
                        || name.startsWith("unlink_chunk"));
    }
}
