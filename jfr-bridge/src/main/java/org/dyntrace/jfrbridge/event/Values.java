package org.dyntrace.jfrbridge.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads packed values. Each is a tag and what that says, little endian, as {@code natives/src/main/c/ctf/ctf.h} describes it; JFR's values
 * are packed in the same way ({@link Packer}).
 */
public final class Values {
    /** No value. */
    public static final byte NOTHING = 0;
    /** 64 bits, signed. */
    public static final byte SIGNED = 1;
    /** 64 bits, unsigned. */
    public static final byte UNSIGNED = 2;
    /** 64 bits, to be shown in hex. */
    public static final byte HEX = 3;
    /** A double. */
    public static final byte REAL = 4;
    /** A length in bytes (32 bits) and UTF-8. */
    public static final byte TEXT = 5;
    /** One byte. */
    public static final byte BOOL = 6;
    /** A number of members (32 bits); the name and the value of each. */
    public static final byte STRUCT = 7;
    /** A number of values (32 bits); the values. */
    public static final byte ARRAY = 8;
    /** Stands for what is missing since it was too long. */
    public static final byte CUT = 9;

    private Values() {}

    /** {@return 32 bits} */
    public static int int32(byte[] bytes, int at) {
        return (bytes[at] & 0xff)
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | (bytes[at + 3] & 0xff) << 24;
    }

    /** {@return 64 bits} */
    public static long int64(byte[] bytes, int at) {
        return (int32(bytes, at) & 0xffff_ffffL) | (long) int32(bytes, at + 4) << 32;
    }

    /** {@return the value here as a number; 0 if it is none} */
    public static long number(byte[] bytes, int at) {
        return at < bytes.length && bytes[at] >= SIGNED && bytes[at] <= HEX ? int64(bytes, at + 1) : 0;
    }

    /** {@return where the value after so many is} */
    public static int skip(byte[] bytes, int from, int count) {
        int at = from;
        for (int i = 0; i < count && at < bytes.length; i++) {
            at = next(bytes, at);
        }
        return at;
    }

    /** {@return where the next value is} */
    public static int next(byte[] bytes, int at) {
        return switch (bytes[at]) {
            case SIGNED, UNSIGNED, HEX, REAL -> at + 9;
            case BOOL -> at + 2;
            case TEXT -> at + 5 + int32(bytes, at + 1);
            case STRUCT -> {
                int to = at + 5;
                for (int i = int32(bytes, at + 1); i > 0; i--) {
                    to = next(bytes, to + 4 + int32(bytes, to));
                }
                yield to;
            }
            case ARRAY -> skip(bytes, at + 5, int32(bytes, at + 1));
            default -> at + 1;
        };
    }

    /** {@return the text here, which begins with its length} */
    public static String text(byte[] bytes, int at) {
        return new String(bytes, at + 4, int32(bytes, at), StandardCharsets.UTF_8);
    }

    /** {@return the value here: a Long, Double, Boolean, String, List or Map, or null} */
    public static Object unpack(byte[] bytes, int at) {
        if (at >= bytes.length) {
            return null;
        }
        return switch (bytes[at]) {
            case SIGNED, UNSIGNED, HEX -> int64(bytes, at + 1);
            case REAL -> Double.longBitsToDouble(int64(bytes, at + 1));
            case BOOL -> bytes[at + 1] != 0;
            case TEXT -> text(bytes, at + 1);
            case STRUCT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                int to = at + 5;
                for (int i = int32(bytes, at + 1); i > 0; i--) {
                    int value = to + 4 + int32(bytes, to);
                    members.put(text(bytes, to), unpack(bytes, value));
                    to = next(bytes, value);
                }
                yield members;
            }
            case ARRAY -> {
                List<Object> elements = new ArrayList<>();
                int to = at + 5;
                for (int i = int32(bytes, at + 1); i > 0; i--) {
                    elements.add(unpack(bytes, to));
                    to = next(bytes, to);
                }
                yield elements;
            }
            default -> null;
        };
    }
}
