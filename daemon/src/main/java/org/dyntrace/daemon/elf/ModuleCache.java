package org.dyntrace.daemon.elf;

import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.dyntrace.daemon.proc.Mapping;
import org.dyntrace.daemon.proc.Maps;
import org.dyntrace.daemon.proc.ProcessId;
import org.dyntrace.mbeans.Failure;

/** Knows the files that processes have loaded; each is read once while it stays the same and memory lasts. Any thread may use it. */
public final class ModuleCache {
    /** Our own parts inside of a process: a tracepoint in them would call itself. */
    private static final String OWN = "libdyntrace-";

    private final Demangler demangler;
    private final Map<FileKey, SoftReference<ModuleFile>> files = new ConcurrentHashMap<>();

    /**
     * An empty cache.
     *
     * @param demangler for names
     */
    public ModuleCache(Demangler demangler) {
        this.demangler = demangler;
    }

    /**
     * Finds out what a process has loaded now.
     *
     * @param process a process
     * @return its modules and their symbols; a snapshot, so take a new one when it may have loaded more
     * @throws Failure PROCESS_GONE, NOT_PERMITTED
     */
    public Symbols symbolsOf(ProcessId process) {
        return symbolsOf(process, Maps.of(process));
    }

    /**
     * Finds out what a process has loaded, from its mappings.
     *
     * @param process a process
     * @param maps its mappings
     * @return its modules and their symbols
     */
    public Symbols symbolsOf(ProcessId process, Maps maps) {
        files.values().removeIf(reference -> reference.get() == null);
        Map<String, List<Mapping>> byFile = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        for (Mapping mapping : maps.mappings()) {
            if (mapping.executable() && mapping.path().equals("[vdso]")) {
                notes.add("[vdso] is not a file: its functions can't be traced.");
            }
            if (mapping.executable() && mapping.isFile() && !mapping.fileName().contains(OWN)) {
                byFile.computeIfAbsent(mapping.device() + " " + mapping.inode(), key -> new ArrayList<>())
                        .add(mapping);
            }
        }
        List<Module> modules = new ArrayList<>();
        for (List<Mapping> mappings : byFile.values()) {
            try {
                modules.addAll(modules(process, mappings));
            } catch (Failure e) {
                notes.add(mappings.get(0).path() + ": " + e.getMessage());
            }
        }
        modules.sort(Comparator.comparingLong(module -> module.code().get(0).start()));
        return new Symbols(process, List.copyOf(modules), List.copyOf(notes));
    }

    /** One file is several modules when the process has loaded it several times, as with dlmopen. */
    private List<Module> modules(ProcessId process, List<Mapping> mappings) {
        Mapping first = mappings.get(0);
        Optional<ModuleFile> file = file(process, first);
        if (file.isEmpty()) {
            return List.of();
        }
        Map<Long, List<Mapping>> byBias = new LinkedHashMap<>();
        for (Mapping mapping : mappings) {
            bias(file.get(), mapping)
                    .ifPresent(bias -> byBias.computeIfAbsent(bias, key -> new ArrayList<>())
                            .add(mapping));
        }
        List<Module> modules = new ArrayList<>();
        byBias.forEach((bias, parts) -> modules.add(new Module(file.get(), first.path(), bias, List.copyOf(parts))));
        return modules;
    }

    private static Optional<Long> bias(ModuleFile file, Mapping mapping) {
        for (Segment segment : file.segments()) {
            long pageStart = segment.offset() & -4096L;
            if (segment.load()
                    && segment.executable()
                    && mapping.offset() >= pageStart
                    && mapping.offset() < segment.offset() + segment.fileSize()) {
                return Optional.of(mapping.start() - (segment.address() + mapping.offset() - segment.offset()));
            }
        }
        return Optional.empty();
    }

    /**
     * Finds the very file that a process has mapped, even if it was deleted or replaced, if that can be had.
     *
     * @param process a process
     * @param mapping a mapping of a file
     * @return the file, or nothing if it is no ELF file
     * @throws Failure UNSUPPORTED when it is damaged or can't be reached any more; WRONG_ARCHITECTURE
     */
    public Optional<ModuleFile> file(ProcessId process, Mapping mapping) {
        String root = "/proc/" + process.pid() + "/root";
        List<Path> paths = new ArrayList<>();
        // The first one is that very file even when it was deleted or replaced, but needs privileges.
        paths.add(Path.of(String.format("/proc/%d/map_files/%x-%x", process.pid(), mapping.start(), mapping.end())));
        if (!mapping.deleted()) {
            paths.add(Path.of(root + mapping.path()));
            paths.add(Path.of(mapping.path()));
        }
        FileSource source = FileSource.find(mapping.path(), paths, mapping.inode())
                .orElseThrow(() -> Bytes.unreachable(mapping.path()));
        SoftReference<ModuleFile> reference = files.get(source.key());
        ModuleFile known = reference == null ? null : reference.get();
        if (known != null) {
            known.source().isAlsoAt(source.paths());
            return Optional.of(known);
        }
        if (!ElfFile.isElf(source)) {
            return Optional.empty();
        }
        List<Path> roots = List.of(Path.of(root), Path.of(""));
        ModuleFile read = ModuleFile.read(source, mapping.path(), roots, demangler);
        files.put(source.key(), new SoftReference<>(read));
        return Optional.of(read);
    }
}
