package org.dyntrace.jfrbridge.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Packs values; the other side of {@link Values}. What is long is cut. */
public final class Packer {
    private static final int MAX_TEXT = 4096;

    private byte[] bytes = new byte[256];
    private int size;

    /** Begins anew. */
    public void clear() {
        size = 0;
    }

    /** {@return the bytes so far} */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    private void tag(byte tag) {
        room(1);
        bytes[size++] = tag;
    }

    /** Adds 32 bits. */
    public void int32(int value) {
        room(4);
        for (int i = 0; i < 32; i += 8) {
            bytes[size++] = (byte) (value >> i);
        }
    }

    /** Adds 64 bits. */
    public void int64(long value) {
        int32((int) value);
        int32((int) (value >> 32));
    }

    /** Adds a value that is not there. */
    public void nothing() {
        tag(Values.NOTHING);
    }

    /** Adds a number. */
    public void signed(long value) {
        tag(Values.SIGNED);
        int64(value);
    }

    /** Adds a number that is shown in hex. */
    public void hex(long value) {
        tag(Values.HEX);
        int64(value);
    }

    /** Adds a number. */
    public void real(double value) {
        tag(Values.REAL);
        int64(Double.doubleToRawLongBits(value));
    }

    /** Adds a truth. */
    public void bool(boolean value) {
        tag(Values.BOOL);
        room(1);
        bytes[size++] = (byte) (value ? 1 : 0);
    }

    /** Adds a text. */
    public void text(String value) {
        tag(Values.TEXT);
        name(value);
    }

    /** Adds the beginning of so many members: each is a {@link #name} and a value. */
    public void struct(int members) {
        tag(Values.STRUCT);
        int32(members);
    }

    /** Adds the beginning of so many values. */
    public void array(int length) {
        tag(Values.ARRAY);
        int32(length);
    }

    /** Adds the name of a member. */
    public void name(String name) {
        String shown = name.length() > MAX_TEXT ? name.substring(0, MAX_TEXT) : name;
        byte[] text = shown.getBytes(StandardCharsets.UTF_8);
        int32(text.length);
        room(text.length);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
    }
}
