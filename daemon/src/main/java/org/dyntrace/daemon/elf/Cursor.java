package org.dyntrace.daemon.elf;

/** Reads the variable-length fields of unwind tables one after the other. */
final class Cursor {
    static final int OMITTED = 0xff;
    private static final int INDIRECT = 0x80;
    private static final int PC_RELATIVE = 0x10;

    private final Bytes bytes;
    private final long address;
    private long position;

    /**
     * Begins reading.
     *
     * @param bytes a section
     * @param address where that section is loaded
     * @param position where in it to begin
     */
    Cursor(Bytes bytes, long address, long position) {
        this.bytes = bytes;
        this.address = address;
        this.position = position;
    }

    long position() {
        return position;
    }

    void skip(long count) {
        if (count < 0 || count > bytes.size()) {
            throw bytes.damaged("a length of " + count);
        }
        position += count;
    }

    int u8() {
        return bytes.u8(position++);
    }

    int u16() {
        position += 2;
        return bytes.u16(position - 2);
    }

    long u32() {
        position += 4;
        return bytes.u32(position - 4);
    }

    long s64() {
        position += 8;
        return bytes.s64(position - 8);
    }

    long uleb() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int part = u8();
            if (shift < Long.SIZE) {
                value |= (long) (part & 0x7f) << shift;
            }
            if ((part & 0x80) == 0) {
                return value;
            }
        }
    }

    long sleb() {
        long value = 0;
        int shift = 0;
        int part;
        do {
            part = u8();
            if (shift < Long.SIZE) {
                value |= (long) (part & 0x7f) << shift;
            }
            shift += 7;
        } while ((part & 0x80) != 0);
        return shift < Long.SIZE && (part & 0x40) != 0 ? value | -1L << shift : value;
    }

    /** {@return a pointer as DW_EH_PE_* says, 0 for none} */
    long pointer(int encoding) {
        if (encoding == OMITTED) {
            return 0;
        }
        long from = address + position;
        long value = value(encoding & 0x0f);
        // A null pointer is written as such, whatever it would be relative to.
        if (value == 0) {
            return 0;
        }
        return switch (encoding & 0x70) {
            case 0 -> value;
            case PC_RELATIVE -> value + from;
            default -> throw bytes.damaged("an unknown pointer encoding " + encoding);
        };
    }

    /** Skips a pointer that may be one to a pointer. */
    void skipPointer(int encoding) {
        if (encoding != OMITTED) {
            value(encoding & ~INDIRECT & 0x0f);
        }
    }

    long value(int format) {
        return switch (format) {
            case 0x00, 0x04, 0x0c -> s64();
            case 0x01 -> uleb();
            case 0x02 -> u16();
            case 0x03 -> u32();
            case 0x09 -> sleb();
            case 0x0a -> (short) u16();
            case 0x0b -> (int) u32();
            default -> throw bytes.damaged("an unknown pointer format " + format);
        };
    }
}
