package org.dyntrace.daemon.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.dyntrace.mbeans.Failure;

/** Reads the symbol tables of one program or library, and of its debug file. */
final class SymbolReader {
    private static final int ENTRY = 24;
    private static final int UNDEFINED = 0;
    private static final int ABSOLUTE = 0xfff1;
    private static final int FUNCTION = 2;
    private static final int SECTION_NAME = 3;
    private static final int FILE_NAME = 4;
    private static final int THREAD_LOCAL = 6;
    private static final int INDIRECT_FUNCTION = 10;
    private static final int HIDDEN = 0x8000;
    private static final int VERSION_MASK = 0x7fff;
    private static final int FIRST_OWN_VERSION = 2;

    private final CodeLayout layout;
    private final List<FunctionTable.Entry> entries = new ArrayList<>();
    private long[] labels = new long[1024];
    private int labelCount;

    /**
     * Prepares reading.
     *
     * @param layout where the code is
     */
    SymbolReader(CodeLayout layout) {
        this.layout = layout;
    }

    /** Takes all symbol tables of a file; one that is damaged is left out. */
    void read(ElfFile file) {
        for (Section section : file.sections()) {
            if (section.type() == Section.SYMBOLS || section.type() == Section.DYNAMIC_SYMBOLS) {
                try {
                    table(file, section);
                } catch (Failure e) {
                    if (e.getCause() != null) {
                        throw e; // not damaged, but out of reach at the moment
                    }
                    continue; // the functions that the other tables hold are better than none
                }
            }
        }
    }

    /**
     * {@return the table of all that was read}
     *
     * @param bounds where code is known to begin or end otherwise, ascending
     */
    FunctionTable table(long[] bounds, Demangler demangler) {
        long[] all = Arrays.stream(labels, 0, labelCount).sorted().distinct().toArray();
        long[] every = LongStream.concat(Arrays.stream(all), Arrays.stream(bounds))
                .sorted()
                .distinct()
                .toArray();
        return new FunctionTable(entries, all, every, demangler);
    }

    private void table(ElfFile file, Section section) {
        Bytes symbols = file.contents(section);
        Bytes names = file.contents(file.linked(section.link()));
        Versions versions = section.type() == Section.DYNAMIC_SYMBOLS ? Versions.of(file, section) : Versions.NONE;
        for (int at = ENTRY; at + ENTRY <= symbols.size(); at += ENTRY) {
            int type = symbols.u8(at + 4) & 0x0f;
            int index = symbols.u16(at + 6);
            long value = symbols.s64(at + 8);
            if (index == UNDEFINED
                    || index == ABSOLUTE
                    || !layout.isCode(value)
                    || type == FILE_NAME
                    || type == THREAD_LOCAL) {
                continue;
            }
            if (type != SECTION_NAME) {
                label(value);
            }
            if (type == FUNCTION || type == INDIRECT_FUNCTION) {
                String name = names.text(symbols.u32(at));
                if (!name.isEmpty()) {
                    add(name, versions, at / ENTRY, value, symbols.s64(at + 16), type == INDIRECT_FUNCTION);
                }
            }
        }
    }

    private void add(String name, Versions versions, int index, long value, long size, boolean ifunc) {
        long fitting = size < 0 || size > layout.codeEnd(value) - value ? 0 : size;
        int at = name.indexOf('@');
        if (at > 0) {
            // Linkers write the version into the names of .symtab: name@@DEFAULT, name@OTHER.
            boolean isDefault = name.startsWith("@@", at);
            String version = name.substring(at + (isDefault ? 2 : 1));
            entries.add(new FunctionTable.Entry(name.substring(0, at), version, isDefault, value, fitting, ifunc));
        } else {
            entries.add(new FunctionTable.Entry(
                    name, versions.name(index), versions.isDefault(index), value, fitting, ifunc));
        }
    }

    private void label(long value) {
        if (labelCount == labels.length) {
            labels = Arrays.copyOf(labels, labelCount * 2);
        }
        labels[labelCount++] = value;
    }

    /** The versions of the dynamic symbols, by their index. */
    private record Versions(Bytes indexes, Map<Integer, String> names) {
        static final Versions NONE = new Versions(new Bytes(new byte[0], ""), Map.of());

        static Versions of(ElfFile file, Section symbols) {
            for (Section section : file.sections(Section.VERSIONS)) {
                if (section.link() >= 0
                        && section.link() < file.sections().size()
                        && file.linked(section.link()).equals(symbols)) {
                    return new Versions(file.contents(section), definitions(file));
                }
            }
            return NONE;
        }

        private static Map<Integer, String> definitions(ElfFile file) {
            Map<Integer, String> names = new HashMap<>();
            for (Section section : file.sections(Section.VERSION_DEFINITIONS)) {
                Bytes bytes = file.contents(section);
                Bytes texts = file.contents(file.linked(section.link()));
                long at = 0;
                // Not more than fit into the section, so that a chain that bites its tail ends.
                for (int left = bytes.size() / 20; left > 0; left--) {
                    long name = at + bytes.u32(at + 12);
                    names.put(bytes.u16(at + 4), texts.text(bytes.u32(name)));
                    long next = bytes.u32(at + 16);
                    if (next == 0) {
                        break;
                    }
                    at += next;
                }
            }
            return names;
        }

        String name(int symbol) {
            int index = index(symbol) & VERSION_MASK;
            return index < FIRST_OWN_VERSION ? "" : names.getOrDefault(index, "");
        }

        boolean isDefault(int symbol) {
            return name(symbol).isEmpty() || (index(symbol) & HIDDEN) == 0;
        }

        private int index(int symbol) {
            return 2L * symbol + 2 <= indexes.size() ? indexes.u16(2L * symbol) : 0;
        }
    }
}
