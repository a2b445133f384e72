package org.dyntrace.daemon.elf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dyntrace.mbeans.Failure;

/**
 * What .eh_frame tells: where functions begin and end, also in stripped files, and where exceptions land.
 *
 * <p>See the Linux Standard Base, "Exception Frames", and DWARF 5, section 6.4.
 */
final class UnwindTable {
    static final UnwindTable UNKNOWN = new UnwindTable(List.of(), new long[0], false);

    private static final long RETURN_ADDRESS = 16;
    private static final long STACK_POINTER = 7;

    private final List<Frame> frames;
    private final long[] landingPads;
    private final boolean complete;

    private UnwindTable(List<Frame> frames, long[] landingPads, boolean complete) {
        this.frames = frames;
        this.landingPads = landingPads;
        this.complete = complete;
    }

    /**
     * The code that one FDE describes.
     *
     * @param start where it begins, in the file's addresses
     * @param end where it ends
     * @param entry whether the stack is there as a caller leaves it: false for the cold part of a function
     * @param outermost whether there is no caller to return to, or one that the kernel made up for a signal
     */
    record Frame(long start, long end, boolean entry, boolean outermost) {}

    private record Common(int pointers, int exceptions, boolean sized, boolean signal, boolean ordinary) {}

    static UnwindTable of(ElfFile file) {
        Optional<Section> found = file.section(".eh_frame").filter(section -> section.type() != Section.NO_BITS);
        if (found.isEmpty()) {
            return new UnwindTable(
                    List.of(), new long[0], file.section(".gcc_except_table").isEmpty());
        }
        Reader reader = new Reader(file, found.get());
        boolean complete;
        try {
            complete = reader.read();
        } catch (Failure e) {
            // What was read until then is still good for bounds; only nobody may rely on its being all.
            complete = false;
        }
        reader.frames.sort((a, b) -> Long.compareUnsigned(a.start(), b.start()));
        long[] pads = reader.landingPads.stream()
                .mapToLong(Long::longValue)
                .sorted()
                .distinct()
                .toArray();
        return new UnwindTable(List.copyOf(reader.frames), pads, complete && reader.padsComplete);
    }

    List<Frame> frames() {
        return frames;
    }

    /** {@return where exceptions land, ascending} */
    long[] landingPads() {
        return landingPads;
    }

    /** {@return whether {@link #landingPads} are all there are} */
    boolean complete() {
        return complete;
    }

    /** {@return the frame that covers the address} */
    Optional<Frame> at(long address) {
        int low = 0;
        int high = frames.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Frame frame = frames.get(middle);
            if (Long.compareUnsigned(address, frame.start()) < 0) {
                high = middle - 1;
            } else if (Long.compareUnsigned(address, frame.end()) < 0) {
                return Optional.of(frame);
            } else {
                low = middle + 1;
            }
        }
        return Optional.empty();
    }

    private static final class Reader {
        private final Bytes bytes;
        private final long address;
        private final Optional<Section> exceptionSection;
        private final Bytes exceptionBytes;
        private final Map<Long, Common> commons = new HashMap<>();
        private final List<Frame> frames = new ArrayList<>();
        private final List<Long> landingPads = new ArrayList<>();
        private boolean padsComplete = true;

        Reader(ElfFile file, Section section) {
            bytes = file.contents(section);
            address = section.address();
            exceptionSection = file.section(".gcc_except_table");
            exceptionBytes = exceptionSection.map(file::contents).orElse(null);
        }

        boolean read() {
            for (long at = 0; at + 4 <= bytes.size(); ) {
                long length = bytes.u32(at);
                if (length == 0) {
                    // Crt files end their own part so; others may follow where a linker put them together.
                    at += 4;
                    continue;
                }
                if (length == 0xffffffffL || at + 4 + length > bytes.size()) {
                    return false;
                }
                long id = bytes.u32(at + 4);
                if (id != 0) {
                    frame(at + 4, id, at + 4 + length);
                }
                at += 4 + length;
            }
            return true;
        }

        private void frame(long at, long id, long end) {
            Common common = commons.computeIfAbsent(at - id + 4, this::common);
            Cursor cursor = new Cursor(bytes, address, at + 4);
            long start = cursor.pointer(common.pointers());
            long size = cursor.value(common.pointers() & 0x0f);
            long exceptions = 0;
            if (common.sized()) {
                long augmentation = cursor.uleb();
                long instructions = cursor.position() + augmentation;
                exceptions = cursor.pointer(common.exceptions());
                cursor = new Cursor(bytes, address, instructions);
            }
            // Linkers leave the entries of removed functions behind, at 0.
            if (start == 0 || size <= 0 || start + size < start) {
                return;
            }
            boolean[] first = firstRow(cursor, end);
            frames.add(new Frame(start, start + size, common.ordinary() && first[0], common.signal() || first[1]));
            if (exceptions != 0) {
                landingPads(exceptions, start);
            }
        }

        private Common common(long at) {
            long end = at + bytes.u32(at - 4);
            Cursor cursor = new Cursor(bytes, address, at + 4);
            int version = cursor.u8();
            String augmentation = bytes.text(cursor.position());
            cursor.skip(augmentation.length() + 1);
            if (version != 1 && version != 3 || !augmentation.isEmpty() && augmentation.charAt(0) != 'z') {
                throw bytes.damaged("an unknown frame description");
            }
            cursor.uleb();
            cursor.sleb();
            if (version == 1) {
                cursor.u8();
            } else {
                cursor.uleb();
            }
            int pointers = 0;
            int exceptions = Cursor.OMITTED;
            boolean signal = false;
            if (!augmentation.isEmpty()) {
                long instructions = cursor.uleb() + cursor.position();
                for (char letter : augmentation.substring(1).toCharArray()) {
                    switch (letter) {
                        case 'R' -> pointers = cursor.u8();
                        case 'L' -> exceptions = cursor.u8();
                        case 'P' -> cursor.skipPointer(cursor.u8());
                        case 'S' -> signal = true;
                        default -> throw bytes.damaged("an unknown frame description");
                    }
                }
                cursor = new Cursor(bytes, address, instructions);
            }
            return new Common(pointers, exceptions, !augmentation.isEmpty(), signal, initialRow(cursor, end));
        }

        /** Whether the CIE says what holds at a function's beginning: CFA = rsp + 8. */
        private boolean initialRow(Cursor cursor, long end) {
            if (cursor.position() >= end || cursor.u8() != 0x0c) {
                return false;
            }
            return cursor.uleb() == STACK_POINTER && cursor.uleb() == 8;
        }

        /** {Whether the first row is the one of a function's beginning, whether it has no caller}. */
        private boolean[] firstRow(Cursor cursor, long end) {
            boolean entry = true;
            while (cursor.position() < end) {
                int operation = cursor.u8();
                switch (operation >> 6) {
                    case 1 -> {
                        return new boolean[] {entry, false};
                    }
                    case 2 -> {
                        cursor.uleb();
                        entry = false;
                        continue;
                    }
                    case 3 -> {
                        continue;
                    }
                    default -> {}
                }
                switch (operation) {
                    case 0x00, 0x0a, 0x0b -> {}
                    case 0x07 -> {
                        if (cursor.uleb() == RETURN_ADDRESS) {
                            return new boolean[] {false, true};
                        }
                    }
                    case 0x06, 0x08, 0x2e -> cursor.uleb();
                    case 0x0c -> {
                        long register = cursor.uleb();
                        entry &= cursor.uleb() == 8 && register == STACK_POINTER;
                    }
                    case 0x0e -> entry &= cursor.uleb() == 8;
                    case 0x01, 0x02, 0x03, 0x04 -> {
                        return new boolean[] {entry, false};
                    }
                    default -> {
                        return new boolean[] {false, false};
                    }
                }
            }
            return new boolean[] {entry, false};
        }

        private void landingPads(long exceptions, long function) {
            if (exceptionSection.isEmpty() || !exceptionSection.get().contains(exceptions)) {
                padsComplete = false;
                return;
            }
            try {
                long base = exceptionSection.get().address();
                Cursor cursor = new Cursor(exceptionBytes, base, exceptions - base);
                int startEncoding = cursor.u8();
                long start = startEncoding == Cursor.OMITTED ? function : cursor.pointer(startEncoding);
                if (cursor.u8() != Cursor.OMITTED) {
                    cursor.uleb();
                }
                int encoding = cursor.u8();
                long end = cursor.uleb() + cursor.position();
                while (cursor.position() < end) {
                    cursor.value(encoding & 0x0f);
                    cursor.value(encoding & 0x0f);
                    long pad = cursor.value(encoding & 0x0f);
                    cursor.uleb();
                    if (pad != 0) {
                        landingPads.add(start + pad);
                    }
                }
            } catch (Failure e) {
                padsComplete = false;
            }
        }
    }
}
