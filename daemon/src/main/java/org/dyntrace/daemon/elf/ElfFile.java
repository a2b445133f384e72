package org.dyntrace.daemon.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** The headers of an ELF file for x86-64. */
final class ElfFile {
    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
    private static final int HEADER = 64;
    private static final int CLASS = 4;
    private static final int CLASS_64 = 2;
    private static final int DATA = 5;
    private static final int LITTLE_ENDIAN = 1;
    private static final int TYPE_PROGRAM = 2;
    private static final int TYPE_SHARED = 3;
    private static final int MACHINE_X86_64 = 62;
    private static final int SECTION_HEADER = 64;
    private static final int SEGMENT_HEADER = 56;
    private static final int MANY = 0xffff;
    private static final int BUILD_ID = 3;

    private final FileSource source;
    private final boolean fixed;
    private final List<Section> sections;
    private final List<Segment> segments;

    private ElfFile(FileSource source, boolean fixed, List<Section> sections, List<Segment> segments) {
        this.source = source;
        this.fixed = fixed;
        this.sections = sections;
        this.segments = segments;
    }

    /** {@return whether the file begins like an ELF file} */
    static boolean isElf(FileSource source) {
        return source.key().size() >= HEADER
                && Arrays.equals(source.read(0, MAGIC.length).array(), MAGIC);
    }

    /**
     * Reads the headers.
     *
     * @throws Failure UNSUPPORTED when it's damaged or no ELF program or library; WRONG_ARCHITECTURE when not for x86-64
     */
    static ElfFile read(FileSource source) {
        if (!isElf(source)) {
            throw Bytes.damaged(source.name(), "it is no ELF file");
        }
        Bytes header = source.read(0, HEADER);
        int machine = header.u16(18);
        if (header.u8(CLASS) != CLASS_64 || header.u8(DATA) != LITTLE_ENDIAN || machine != MACHINE_X86_64) {
            throw new Failure(
                    Reason.WRONG_ARCHITECTURE,
                    "The file " + source.name() + " is not for x86-64.",
                    "dyntrace handles 64-bit x86 programs only.");
        }
        int type = header.u16(16);
        if (type != TYPE_PROGRAM && type != TYPE_SHARED) {
            throw Bytes.damaged(source.name(), "it is neither a program nor a library");
        }
        return new ElfFile(source, type == TYPE_PROGRAM, sections(source, header), segments(source, header));
    }

    FileSource source() {
        return source;
    }

    /** {@return whether it must be loaded at the addresses in the file} */
    boolean fixed() {
        return fixed;
    }

    List<Section> sections() {
        return sections;
    }

    List<Segment> segments() {
        return segments;
    }

    Optional<Section> section(String name) {
        return sections.stream().filter(section -> section.name().equals(name)).findFirst();
    }

    List<Section> sections(int type) {
        return sections.stream().filter(section -> section.type() == type).toList();
    }

    /** {@return the section of this index, as other sections refer to it} */
    Section linked(int index) {
        if (index < 0 || index >= sections.size()) {
            throw Bytes.damaged(source.name(), "it refers to section " + index + " of " + sections.size());
        }
        return sections.get(index);
    }

    Bytes contents(Section section) {
        if (section.type() == Section.NO_BITS || section.compressed()) {
            return new Bytes(new byte[0], source.name());
        }
        return source.read(section.offset(), section.size());
    }

    /** {@return what the file holds of a segment} */
    Bytes contents(Segment segment) {
        return source.read(segment.offset(), segment.fileSize());
    }

    /** {@return the id that links a program to its debug file, in hex, or an empty text} */
    String buildId() {
        for (Section section : sections(Section.NOTE)) {
            Bytes notes = contents(section);
            for (long at = 0; at + 12 <= notes.size(); ) {
                long nameSize = notes.u32(at);
                long size = notes.u32(at + 4);
                long description = at + 12 + (nameSize + 3 & ~3L);
                if (notes.u32(at + 8) == BUILD_ID
                        && nameSize == 4
                        && notes.text(at + 12).equals("GNU")) {
                    if (size > 64 || description + size > notes.size()) {
                        throw notes.damaged("a build id of " + size + " bytes");
                    }
                    return HexFormat.of().formatHex(notes.array(), (int) description, (int) (description + size));
                }
                at = description + (size + 3 & ~3L);
            }
        }
        return "";
    }

    private static List<Section> sections(FileSource source, Bytes header) {
        long offset = header.s64(40);
        if (offset == 0) {
            return List.of();
        }
        if (header.u16(58) != SECTION_HEADER) {
            throw Bytes.damaged(source.name(), "its section headers have an unknown size");
        }
        long count = header.u16(60);
        int names = header.u16(62);
        Bytes first = source.read(offset, SECTION_HEADER);
        // More than the header's fields can hold are counted in the first section's header.
        if (count == 0) {
            count = first.s64(32);
        }
        if (names == MANY) {
            names = first.s32(40);
        }
        if (count < 0 || count > source.key().size() / SECTION_HEADER) {
            throw Bytes.damaged(source.name(), count + " sections");
        }
        Bytes table = source.read(offset, count * SECTION_HEADER);
        Bytes texts = new Bytes(new byte[0], source.name());
        if (names > 0 && names < count) {
            long at = (long) names * SECTION_HEADER;
            texts = source.read(table.s64(at + 24), table.s64(at + 32));
        }
        List<Section> sections = new ArrayList<>();
        for (long at = 0; at < table.size(); at += SECTION_HEADER) {
            sections.add(new Section(
                    texts.size() == 0 ? "" : texts.text(table.u32(at)),
                    table.s32(at + 4),
                    table.s64(at + 8),
                    table.s64(at + 16),
                    table.s64(at + 24),
                    table.s64(at + 32),
                    table.s32(at + 40),
                    table.s32(at + 44)));
        }
        return List.copyOf(sections);
    }

    private static List<Segment> segments(FileSource source, Bytes header) {
        long offset = header.s64(32);
        int count = header.u16(56);
        if (offset == 0 || count == 0) {
            return List.of();
        }
        // A program with 65535 segments and more is no program.
        if (header.u16(54) != SEGMENT_HEADER || count == MANY) {
            throw Bytes.damaged(source.name(), "its program headers have an unknown size");
        }
        Bytes table = source.read(offset, (long) count * SEGMENT_HEADER);
        List<Segment> segments = new ArrayList<>();
        for (long at = 0; at < table.size(); at += SEGMENT_HEADER) {
            segments.add(new Segment(
                    table.s32(at),
                    table.s32(at + 4),
                    table.s64(at + 8),
                    table.s64(at + 16),
                    table.s64(at + 32),
                    table.s64(at + 40)));
        }
        return List.copyOf(segments);
    }
}
