package org.dyntrace.daemon.elf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Where a file's code is, in the file's addresses. */
final class CodeLayout {
    private final List<Range> ranges;

    /**
     * A run of code.
     *
     * @param start its first address
     * @param end the address after its last
     * @param offset where it begins in the file
     */
    record Range(long start, long end, long offset) {}

    private CodeLayout(List<Range> ranges) {
        this.ranges = ranges;
    }

    /** The executable sections, or for a file without section headers the executable segments. */
    static CodeLayout of(ElfFile file) {
        List<Range> ranges = new ArrayList<>();
        for (Section section : file.sections()) {
            if (section.loaded() && section.executable() && section.type() != Section.NO_BITS && section.size() > 0) {
                add(ranges, file, section.address(), section.size(), section.offset());
            }
        }
        if (ranges.isEmpty()) {
            for (Segment segment : file.segments()) {
                if (segment.load() && segment.executable() && segment.fileSize() > 0) {
                    add(ranges, file, segment.address(), segment.fileSize(), segment.offset());
                }
            }
        }
        ranges.sort(Comparator.comparingLong(Range::start));
        return new CodeLayout(List.copyOf(ranges));
    }

    private static void add(List<Range> ranges, ElfFile file, long address, long size, long offset) {
        long fileSize = file.source().key().size();
        // Also keeps every sum of an address and a size within 63 bits.
        if (size < 0 || offset < 0 || offset > fileSize - size || address < 0 || address > Long.MAX_VALUE / 2) {
            throw Bytes.damaged(file.source().name(), "code of " + size + " bytes at offset " + offset);
        }
        ranges.add(new Range(address, address + size, offset));
    }

    List<Range> ranges() {
        return ranges;
    }

    Optional<Range> at(long address) {
        for (Range range : ranges) {
            if (address >= range.start() && address < range.end()) {
                return Optional.of(range);
            }
        }
        return Optional.empty();
    }

    boolean isCode(long address) {
        return at(address).isPresent();
    }

    /** {@return where the run of code ends that holds the address; the address itself if none does} */
    long codeEnd(long address) {
        return at(address).map(Range::end).orElse(address);
    }
}
