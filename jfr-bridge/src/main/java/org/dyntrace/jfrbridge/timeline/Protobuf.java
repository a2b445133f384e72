package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A message of protocol buffers that is being written; field numbers are their owners'. */
final class Protobuf {
    private static final int VARINT = 0;
    private static final int BYTES = 2;

    private byte[] bytes = new byte[64];
    private int size;

    Protobuf clear() {
        size = 0;
        return this;
    }

    private void put(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = (byte) value;
    }

    private void varint(long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            put((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        put((int) left);
    }

    Protobuf number(int field, long value) {
        varint((long) field << 3 | VARINT);
        varint(value);
        return this;
    }

    Protobuf text(int field, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return bytes(field, utf8, utf8.length);
    }

    Protobuf message(int field, Protobuf value) {
        return bytes(field, value.bytes, value.size);
    }

    private Protobuf bytes(int field, byte[] value, int length) {
        varint((long) field << 3 | BYTES);
        varint(length);
        while (bytes.length - size < length) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        System.arraycopy(value, 0, bytes, size, length);
        size += length;
        return this;
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }
}
