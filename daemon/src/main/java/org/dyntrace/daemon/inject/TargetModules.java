package org.dyntrace.daemon.inject;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.daemon.proc.ProcessMemory;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** The target's program and libraries, with the parts in which a thread must not be disturbed. */
final class TargetModules {
    /** Its loader is the library, under a name of its own or by a link to libc.so in a directory of its own. */
    /** Its loader is the library itself, by a name of its own or by a link to libc.so in a directory of its own. */
    private static final Pattern MUSL = Pattern.compile(".*musl.*\\.so(\\.[0-9]+)?");

    private static final Pattern LIBC = Pattern.compile("libc\\.so\\.6|libc-2\\.\\d+\\.so");
    private static final Pattern ALLOCATOR =
            Pattern.compile("lib(je|tc|mi|rp|sn|hoard|Hoard|scudo|[alt]san|gperf).*\\.so.*");

    /** Exported functions of the C library's malloc.c; its inner functions, of which we see no names, lie before and between. */
    private static final List<String> MALLOC_FAMILY =
            List.of("free", "calloc", "realloc", "memalign", "malloc_trim", "mallopt", "posix_memalign", "malloc_info");

    private static final int INNER_FUNCTIONS = 16 << 10;
    private static final int LAST_FUNCTION = 1 << 10;

    private final ProcessMemory memory;
    private final Maps maps;
    private final List<Mapping> heads = new ArrayList<>();
    private final ElfImage libc;
    private final ElfImage allocator;
    private final List<Mapping> libcCode;
    private final List<Mapping> loaderCode;
    private final List<Mapping> allocatorCode;
    private final long mallocStart;
    private final long mallocEnd;

    TargetModules(ProcessMemory memory, Maps maps) {
        this.memory = memory;
        this.maps = maps;
        for (Mapping mapping : maps.mappings()) {
            if (mapping.isFile() && mapping.offset() == 0 && mapping.readable()) {
                heads.add(mapping);
            }
        }
        libc = heads.stream()
                .filter(m -> LIBC.matcher(m.fileName()).matches())
                .findFirst()
                .map(this::image)
                .orElseThrow(() -> withoutLibc(memory.process(), maps));
        allocator = findAllocator();
        libcCode = code(m -> LIBC.matcher(m.fileName()).matches());
        loaderCode = code(LoaderFunctions::isLoader);
        allocatorCode = code(m -> ALLOCATOR.matcher(m.fileName()).matches());
        long first = libc.symbol("malloc");
        long last = first;
        for (String name : MALLOC_FAMILY) {
            long address = libc.symbol(name);
            if (address != 0) {
                first = Math.min(first, address);
                last = Math.max(last, address);
            }
        }
        mallocStart = first - INNER_FUNCTIONS;
        mallocEnd = last + LAST_FUNCTION;
    }

    private static Failure withoutLibc(ProcessId process, Maps maps) {
        if (maps.mappings().stream().anyMatch(m -> MUSL.matcher(m.path()).matches())) {
            return new Failure(
                    Reason.UNSUPPORTED,
                    "Process " + process.pid() + " runs with musl; the agent is built for the GNU C library.",
                    "Trace a build of the program for a GNU system.");
        }
        return new Failure(
                Reason.STATIC_PROGRAM,
                "The program of process " + process.pid() + " is statically linked: it has no loader for the agent.",
                "Link the program dynamically, or with the agent itself: -L<install>/lib/dyntrace -ldyntrace-agent.");
    }

    /** The one whose malloc the loader calls: one that stands in for libc's, or libc. */
    private ElfImage findAllocator() {
        for (Mapping head : heads) {
            if (head.equals(heads.get(0)) || ALLOCATOR.matcher(head.fileName()).matches()) {
                ElfImage image = image(head);
                if (image.symbol("malloc") != 0 && image.symbol("free") != 0) {
                    return image;
                }
            }
        }
        return libc;
    }

    ElfImage libc() {
        return libc;
    }

    ElfImage allocator() {
        return allocator;
    }

    Maps maps() {
        return maps;
    }

    /** {@return the module whose file name begins so} */
    Optional<ElfImage> named(String prefix) {
        return heads.stream()
                .filter(head -> head.fileName().startsWith(prefix))
                .findFirst()
                .map(this::image);
    }

    /** {@return every module, the program first} */
    Iterable<ElfImage> images() {
        return () -> heads.stream().map(this::image).iterator();
    }

    private ElfImage image(Mapping head) {
        return new ElfImage(memory, head.start());
    }

    /** {@return whether the address is code of the dynamic loader} */
    boolean isLoader(long address) {
        return contains(loaderCode, address);
    }

    /** {@return whether the address is code that malloc and its kin are made of, or lies near that} */
    boolean isAllocator(long address) {
        return address >= mallocStart && address < mallocEnd || contains(allocatorCode, address);
    }

    /** {@return whether code there may hold a lock that loading needs: the C library, its loader, an allocator} */
    boolean isDelicate(long address) {
        return contains(libcCode, address) || contains(loaderCode, address) || contains(allocatorCode, address);
    }

    private static boolean contains(List<Mapping> code, long address) {
        for (Mapping mapping : code) {
            if (mapping.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private List<Mapping> code(Predicate<Mapping> module) {
        return maps.mappings().stream()
                .filter(m -> m.executable() && m.isFile() && module.test(m))
                .toList();
    }
}
