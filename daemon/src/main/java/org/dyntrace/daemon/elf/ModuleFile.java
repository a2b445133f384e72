package org.dyntrace.daemon.elf;

import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.dyntrace.mbeans.Failure;

/**
 * What is known of one program or library, whichever processes have it loaded. Addresses are those of the file. Its parts are
 * read when they are first asked for, by any thread; each method throws Failure UNSUPPORTED when the file is gone by then.
 */
public final class ModuleFile {
    /** How many symbols are looked at before an address for one that reaches over it. */
    private static final int NESTED_MAX = 64;

    private static final long PAGE = 4096;

    private final ElfFile elf;
    private final String path;
    private final List<Path> roots;
    private final Demangler demangler;
    private final CodeLayout layout;
    private final String buildId;
    private TextRelocations textRelocations;
    private UnwindTable unwind;
    private FunctionTable functions;
    private long[] landmarks;
    private SoftReference<List<CodeRange>> code = new SoftReference<>(null);
    private SoftReference<List<Constants>> constants = new SoftReference<>(null);

    private record Constants(long address, Bytes bytes) {}

    private ModuleFile(ElfFile elf, String path, List<Path> roots, Demangler demangler) {
        this.elf = elf;
        this.path = path;
        this.roots = roots;
        this.demangler = demangler;
        this.layout = CodeLayout.of(elf);
        this.buildId = elf.buildId();
    }

    /**
     * Reads the headers of a file.
     *
     * @param path its path as its process sees it
     * @param roots the directories where debug files are looked for, as if they were "/"
     */
    static ModuleFile read(FileSource source, String path, List<Path> roots, Demangler demangler) {
        return new ModuleFile(ElfFile.read(source), path, roots, demangler);
    }

    FileSource source() {
        return elf.source();
    }

    List<Segment> segments() {
        return elf.segments();
    }

    /** {@return the id that its linker gave it, in hex; an empty text if none} */
    public String buildId() {
        return buildId;
    }

    /** {@return whether it can only be loaded at the addresses that the file says} */
    public boolean fixed() {
        return elf.fixed();
    }

    /** {@return whether the Go compiler made it: its runtime moves stacks} */
    public boolean go() {
        return elf.sections().stream()
                .map(Section::name)
                .anyMatch(name ->
                        name.equals(".go.buildinfo") || name.equals(".note.go.buildid") || name.equals(".gopclntab"));
    }

    /** {@return whether exceptions can land in it} */
    public boolean hasExceptionTable() {
        return elf.section(".gcc_except_table").isPresent();
    }

    /** {@return how many bytes the file has} */
    public long size() {
        return elf.source().key().size();
    }

    /**
     * Reads bytes of the file.
     *
     * @param offset where they begin in it, ≥ 0
     * @param size how many
     * @return the bytes; what lies behind the file's end is zero, as in memory
     * @throws Failure UNSUPPORTED when the file is gone or has changed
     */
    public byte[] bytes(long offset, int size) {
        FileSource file = elf.source();
        long there = Math.max(0, Math.min(size, file.key().size() - offset));
        return Arrays.copyOf(
                file.read(Math.min(offset, file.key().size()), there).array(), size);
    }

    /**
     * Tells where an executable segment shows a place of the file.
     *
     * @param offset a place in the file, possibly on the pages around the segment, which are mapped whole
     * @return its address, or nothing if no executable segment shows it
     */
    public OptionalLong addressAt(long offset) {
        return segmentAt(offset)
                .map(segment -> OptionalLong.of(segment.address() + offset - segment.offset()))
                .orElse(OptionalLong.empty());
    }

    /** {@return where in the file the executable segment that shows this place of it ends; the place itself if none does} */
    public long segmentEnd(long offset) {
        return segmentAt(offset)
                .map(segment -> segment.offset() + segment.fileSize())
                .orElse(offset);
    }

    /** {@return whether the program may write to its code at this place of the file} */
    public boolean isWritable(long offset) {
        return segmentAt(offset).filter(Segment::writable).isPresent();
    }

    private Optional<Segment> segmentAt(long offset) {
        return elf.segments().stream()
                .filter(segment -> segment.load()
                        && segment.executable()
                        && offset >= (segment.offset() & -PAGE)
                        && offset < (segment.offset() + segment.fileSize() + PAGE - 1 & -PAGE))
                .findFirst();
    }

    /**
     * {@return whether the loader changes the byte at this address of the file's code (a text relocation)}
     *
     * @param address an address
     * @throws Failure UNSUPPORTED when the file is gone or has changed
     */
    public boolean isRelocated(long address) {
        return textRelocations().covers(address);
    }

    private synchronized TextRelocations textRelocations() {
        if (textRelocations == null) {
            textRelocations = TextRelocations.of(elf);
        }
        return textRelocations;
    }

    /** {@return whether the address is in code} */
    public boolean isCode(long address) {
        return layout.isCode(address);
    }

    /**
     * {@return all of its code}
     *
     * @throws Failure UNSUPPORTED when the file is gone or has changed
     */
    public synchronized List<CodeRange> code() {
        List<CodeRange> ranges = code.get();
        if (ranges == null) {
            List<CodeRange> read = new ArrayList<>();
            for (CodeLayout.Range range : layout.ranges()) {
                Bytes bytes = elf.source().read(range.offset(), range.end() - range.start());
                read.add(new CodeRange(range.start(), bytes.array()));
            }
            ranges = List.copyOf(read);
            code = new SoftReference<>(ranges);
        }
        return ranges;
    }

    /**
     * {@return what lies in memory that nobody writes, from an address to the end of that memory; empty if there is none}
     *
     * @param address an address
     * @throws Failure UNSUPPORTED when the file is gone or has changed
     */
    public synchronized ByteBuffer constants(long address) {
        List<Constants> all = constants.get();
        if (all == null) {
            all = elf.segments().stream()
                    .filter(segment -> segment.load() && !segment.writable())
                    .map(segment -> new Constants(segment.address(), elf.contents(segment)))
                    .toList();
            constants = new SoftReference<>(all);
        }
        for (Constants some : all) {
            long offset = address - some.address();
            if (offset >= 0 && offset < some.bytes().size()) {
                byte[] bytes = some.bytes().array();
                return ByteBuffer.wrap(bytes, (int) offset, bytes.length - (int) offset)
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asReadOnlyBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
        }
        return ByteBuffer.allocate(0);
    }

    /** {@return where functions begin, ascending: symbols of any kind, and what the unwind table describes} */
    public synchronized long[] landmarks() {
        if (landmarks == null) {
            landmarks = LongStream.concat(
                            Arrays.stream(functions().labels()),
                            unwind().frames().stream()
                                    .mapToLong(UnwindTable.Frame::start)
                                    .filter(layout::isCode))
                    .sorted()
                    .distinct()
                    .toArray();
        }
        return landmarks.clone();
    }

    /**
     * {@return the addresses of code that something other than code refers to, ascending: relocated pointers, landing pads of
     * exceptions}
     *
     * @throws Failure UNSUPPORTED when the file is damaged: then there may be more
     */
    public long[] pointers() {
        return LongStream.concat(Arrays.stream(StoredPointers.of(elf, layout)), Arrays.stream(unwind().landingPads()))
                .sorted()
                .distinct()
                .toArray();
    }

    /** {@return whether {@link #pointers} holds every place where an exception may land} */
    public boolean landingPadsKnown() {
        return unwind().complete();
    }

    /** {@return the innermost function that holds the address, by symbols and by the unwind table} */
    public Optional<Extent> functionAt(long address) {
        FunctionTable table = functions();
        int index = symbolIndexAt(address);
        Optional<Extent> symbol = index < 0
                ? Optional.empty()
                : Optional.of(new Extent(table.value(index), table.value(index) + table.size(index)));
        Optional<Extent> frame = unwind().at(address).map(at -> new Extent(at.start(), at.end()));
        if (symbol.isEmpty() || frame.isEmpty()) {
            return symbol.or(() -> frame).filter(extent -> layout.codeEnd(address) >= extent.end());
        }
        Extent inner = symbol.get().start() >= frame.get().start() ? symbol.get() : frame.get();
        return Optional.of(inner).filter(extent -> layout.codeEnd(address) >= extent.end());
    }

    /** {@return the function symbol that the address belongs to, the nearest one before it} */
    public Optional<Symbol> symbolAt(long address) {
        int index = symbolIndexAt(address);
        return index < 0 ? Optional.empty() : Optional.of(functions().symbol(index));
    }

    private int symbolIndexAt(long address) {
        FunctionTable table = functions();
        int last = table.firstFrom(address + 1) - 1;
        // Symbols may nest; the innermost one is near.
        while (last >= 0 && address - table.value(last) >= table.size(last)) {
            if (last < table.firstFrom(address + 1) - NESTED_MAX) {
                return -1;
            }
            last--;
        }
        // Of several names for one function, the one with a version is the one that programs call.
        for (int i = last; i >= 0 && table.value(i) == table.value(last); i--) {
            if (!table.version(i).isEmpty() && table.defaultVersion(i) && address - table.value(i) < table.size(i)) {
                return i;
            }
        }
        return last;
    }

    /** {@return the link names of the functions that begin at the address} */
    public List<String> linkNamesAt(long address) {
        FunctionTable table = functions();
        List<String> names = new ArrayList<>();
        for (int i = table.firstFrom(address); i < table.count() && table.value(i) == address; i++) {
            names.add(table.linkName(i));
        }
        return names;
    }

    /**
     * {@return whether a function begins at the address, with the stack as its caller left it}
     *
     * @param address an address
     */
    public boolean isEntry(long address) {
        Optional<UnwindTable.Frame> frame = unwind().at(address).filter(at -> at.start() == address);
        List<String> names = linkNamesAt(address);
        // Compilers put the unlikely part of a function elsewhere, and jump there.
        if (names.stream().anyMatch(name -> name.endsWith(".cold") || name.contains(".cold."))) {
            return false;
        }
        if (names.isEmpty()) {
            return frame.isPresent() && frame.get().entry();
        }
        return frame.isEmpty() || frame.get().entry() || frame.get().outermost();
    }

    /** {@return whether what begins at the address is a part of a function that begins elsewhere} */
    public boolean isPart(long address) {
        return !isEntry(address) && !isLinkage(address);
    }

    /** {@return whether the address is in the linkage table, whose entries jump to functions of other modules} */
    public boolean isLinkage(long address) {
        return elf.sections().stream()
                .anyMatch(section -> section.contains(address)
                        && section.loaded()
                        && (section.name().startsWith(".plt") || section.name().equals(".iplt")));
    }

    /** {@return whether the unwind table says that the code there has no caller to return to} */
    public boolean isOutermost(long address) {
        return unwind().at(address).filter(UnwindTable.Frame::outermost).isPresent();
    }

    synchronized UnwindTable unwind() {
        if (unwind == null) {
            UnwindTable read;
            try {
                read = UnwindTable.of(elf);
            } catch (Failure e) {
                if (e.getCause() != null) {
                    throw e; // not damaged, but out of reach at the moment
                }
                read = UnwindTable.UNKNOWN;
            }
            unwind = read;
        }
        return unwind;
    }

    synchronized FunctionTable functions() {
        if (functions == null) {
            SymbolReader reader = new SymbolReader(layout);
            reader.read(elf);
            DebugFile.of(elf, path, roots).ifPresent(reader::read);
            long[] bounds = LongStream.concat(
                            unwind().frames().stream()
                                    .flatMapToLong(frame -> LongStream.of(frame.start(), frame.end())),
                            layout.ranges().stream().mapToLong(CodeLayout.Range::end))
                    .sorted()
                    .distinct()
                    .toArray();
            functions = reader.table(bounds, demangler);
        }
        return functions;
    }
}
