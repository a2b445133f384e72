package org.dyntrace.daemon.elf;

import java.util.Arrays;
import java.util.List;
import org.dyntrace.mbeans.Failure;

/** Addresses of code that a file's data hold, or will hold once the loader has relocated them: jump tables, callbacks. */
final class StoredPointers {
    private static final int RELA = 24;
    private static final int SYMBOL = 24;
    private static final int R_64 = 1;
    private static final int R_RELATIVE = 8;
    private static final int R_IRELATIVE = 37;

    private final ElfFile file;
    private final CodeLayout layout;
    private long[] found = new long[256];
    private int count;

    private StoredPointers(ElfFile file, CodeLayout layout) {
        this.file = file;
        this.layout = layout;
    }

    /**
     * {@return these addresses, ascending}
     *
     * @throws Failure UNSUPPORTED when the file is damaged: then nobody can say that there are no more
     */
    static long[] of(ElfFile file, CodeLayout layout) {
        StoredPointers pointers = new StoredPointers(file, layout);
        for (Section section : file.sections(Section.RELOCATIONS)) {
            if (section.loaded()) {
                pointers.relocations(section);
            }
        }
        for (Section section : file.sections(Section.RELATIVE_RELOCATIONS)) {
            if (section.loaded()) {
                pointers.packedRelocations(section);
            }
        }
        if (file.fixed()) {
            pointers.data();
        }
        return Arrays.stream(pointers.found, 0, pointers.count)
                .sorted()
                .distinct()
                .toArray();
    }

    private void relocations(Section section) {
        Bytes bytes = file.contents(section);
        Bytes symbols = null;
        for (int at = 0; at + RELA <= bytes.size(); at += RELA) {
            long info = bytes.s64(at + 8);
            long addend = bytes.s64(at + 16);
            switch ((int) info) {
                case R_RELATIVE, R_IRELATIVE -> add(addend);
                case R_64 -> {
                    if (addend != 0) {
                        symbols = symbols == null ? file.contents(file.linked(section.link())) : symbols;
                        add(symbols.s64((info >>> 32) * SYMBOL + 8) + addend);
                    }
                }
                default -> {}
            }
        }
    }

    /** An address, then bit maps of the 63 words that follow; see the generic ABI, SHT_RELR. */
    private void packedRelocations(Section section) {
        Bytes bytes = file.contents(section);
        List<Data> data = writable();
        long next = 0;
        for (int at = 0; at + 8 <= bytes.size(); at += 8) {
            long entry = bytes.s64(at);
            if ((entry & 1) == 0) {
                addWordAt(data, entry);
                next = entry + 8;
            } else {
                for (int bit = 1; bit < 64; bit++) {
                    if ((entry >>> bit & 1) != 0) {
                        addWordAt(data, next + (bit - 1) * 8L);
                    }
                }
                next += 63 * 8;
            }
        }
    }

    private record Data(long address, Bytes bytes) {}

    private List<Data> writable() {
        return file.segments().stream()
                .filter(segment -> segment.load() && !segment.executable())
                .map(segment -> new Data(segment.address(), file.contents(segment)))
                .toList();
    }

    private void addWordAt(List<Data> data, long address) {
        for (Data part : data) {
            long offset = address - part.address();
            if (offset >= 0 && offset + 8 <= part.bytes().size()) {
                add(part.bytes().s64(offset));
                return;
            }
        }
    }

    /** Without relocations, any word that could be an address of code counts as one. */
    private void data() {
        for (Section section : file.sections()) {
            if (section.loaded() && !section.executable() && section.type() != Section.NO_BITS) {
                Bytes bytes = file.contents(section);
                for (int at = 0; at + 8 <= bytes.size(); at += 8) {
                    add(bytes.s64(at));
                }
            }
        }
    }

    private void add(long address) {
        if (!layout.isCode(address)) {
            return;
        }
        if (count == found.length) {
            found = Arrays.copyOf(found, count * 2);
        }
        found[count++] = address;
    }
}
