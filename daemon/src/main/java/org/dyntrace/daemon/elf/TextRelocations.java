package org.dyntrace.daemon.elf;

import java.util.Arrays;
import java.util.stream.LongStream;

/** Places in a file's code that the loader changes: rare, since such code can't be shared among processes. */
final class TextRelocations {
    private static final int DYNAMIC_ENTRY = 16;
    private static final int TEXTREL = 22;
    private static final int FLAGS = 30;
    private static final int FLAG_TEXTREL = 4;
    private static final int RELA = 24;
    private static final int LONGEST = 8;

    /** x86-64's relocations of four bytes: PC32, GOT32, PLT32, GOTPCREL, 32, 32S. */
    private static final long FOUR_BYTES = 1 << 2 | 1 << 3 | 1 << 4 | 1 << 9 | 1 << 10 | 1 << 11;

    /** Address times 16 plus width, ascending. */
    private final long[] places;

    private TextRelocations(long[] places) {
        this.places = places;
    }

    static TextRelocations of(ElfFile file) {
        if (file.sections(Section.DYNAMIC).stream().noneMatch(section -> announces(file.contents(section)))) {
            return new TextRelocations(new long[0]);
        }
        return new TextRelocations(file.sections(Section.RELOCATIONS).stream()
                .filter(Section::loaded)
                .map(file::contents)
                .flatMapToLong(TextRelocations::places)
                .filter(place -> isCode(file, place >>> 4))
                .sorted()
                .toArray());
    }

    private static boolean announces(Bytes dynamic) {
        for (int at = 0; at + DYNAMIC_ENTRY <= dynamic.size(); at += DYNAMIC_ENTRY) {
            long tag = dynamic.s64(at);
            if (tag == TEXTREL || tag == FLAGS && (dynamic.s64(at + 8) & FLAG_TEXTREL) != 0) {
                return true;
            }
        }
        return false;
    }

    private static LongStream places(Bytes relocations) {
        return LongStream.range(0, relocations.size() / RELA).map(i -> {
            int type = relocations.s32(i * RELA + 8);
            boolean four = type >= 0 && type < Long.SIZE && (FOUR_BYTES >>> type & 1) != 0;
            return relocations.s64(i * RELA) << 4 | (four ? 4 : LONGEST);
        });
    }

    private static boolean isCode(ElfFile file, long address) {
        return file.segments().stream()
                .anyMatch(segment -> segment.load()
                        && segment.executable()
                        && address >= segment.address()
                        && address - segment.address() < segment.fileSize());
    }

    boolean covers(long address) {
        int found = Arrays.binarySearch(places, address << 4 | 15);
        int before = (found < 0 ? -found - 1 : found) - 1;
        return before >= 0 && address - (places[before] >>> 4) < (places[before] & 15);
    }
}
