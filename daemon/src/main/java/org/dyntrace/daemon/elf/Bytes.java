package org.dyntrace.daemon.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.dyntrace.mbeans.Failure;
import org.dyntrace.mbeans.Reason;

/** A part of a file, little-endian, each access checked. */
final class Bytes {
    private final byte[] bytes;
    private final ByteBuffer buffer;
    private final String file;

    Bytes(byte[] bytes, String file) {
        this.bytes = bytes;
        this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.file = file;
    }

    static Failure damaged(String file, String what) {
        return new Failure(
                Reason.UNSUPPORTED,
                "The file " + file + " is damaged: " + what + ".",
                "Install it again; its functions can't be told.");
    }

    static Failure unreachable(String file) {
        return new Failure(
                Reason.UNSUPPORTED,
                "The file " + file + " was deleted or replaced since the program loaded it.",
                "Restart the program, or run the daemon as root.");
    }

    /** {@return how many there are} */
    int size() {
        return bytes.length;
    }

    /** {@return the bytes themselves, not to be changed} */
    byte[] array() {
        return bytes;
    }

    int u8(long offset) {
        return buffer.get(check(offset, 1)) & 0xff;
    }

    int u16(long offset) {
        return buffer.getShort(check(offset, 2)) & 0xffff;
    }

    int s32(long offset) {
        return buffer.getInt(check(offset, 4));
    }

    long u32(long offset) {
        return s32(offset) & 0xffffffffL;
    }

    long s64(long offset) {
        return buffer.getLong(check(offset, 8));
    }

    /** {@return the text that begins there, up to the next zero byte or the end} */
    String text(long offset) {
        int from = check(offset, 0);
        int to = from;
        while (to < bytes.length && bytes[to] != 0) {
            to++;
        }
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    Failure damaged(String what) {
        return damaged(file, what);
    }

    private int check(long offset, int size) {
        if (offset < 0 || offset > bytes.length - size) {
            throw damaged("it refers to offset " + offset + " of a part of " + bytes.length + " bytes");
        }
        return (int) offset;
    }
}
