package org.dyntrace.jfrbridge.timeline;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.dyntrace.jfrbridge.event.Values;

/** Text as bytes, without a String for each number: timelines have millions of lines. */
final class ByteText {
    private static final int SIZE = 1 << 16;
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final String[] UNITS = {" ns", " us", " ms", " s"};
    private static final long SECOND = 1_000_000_000L;

    private final OutputStream out;
    private final byte[] buffer = new byte[SIZE];
    private final byte[] number = new byte[20];
    private int size;
    private long clockSecond = Long.MIN_VALUE;
    private final byte[] clock = new byte[8];
    private long dateSecond = Long.MIN_VALUE;
    private byte[] date = new byte[0];

    ByteText(OutputStream out) {
        this.out = out;
    }

    void flush() throws IOException {
        drain();
        out.flush();
    }

    private void drain() throws IOException {
        out.write(buffer, 0, size);
        size = 0;
    }

    void put(int c) throws IOException {
        if (size == SIZE) {
            drain();
        }
        buffer[size++] = (byte) c;
    }

    /** Writes ASCII. */
    @SuppressWarnings("deprecation") // The bytes of ASCII, without a detour.
    void ascii(String text) throws IOException {
        int length = text.length();
        if (length > 1024) {
            utf8(text);
            return;
        }
        if (SIZE - size < length) {
            drain();
        }
        text.getBytes(0, length, buffer, size);
        size += length;
    }

    void utf8(String text) throws IOException {
        bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] bytes) throws IOException {
        for (byte b : bytes) {
            put(b);
        }
    }

    void number(long value) throws IOException {
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                ascii("-9223372036854775808");
                return;
            }
            put('-');
        }
        long left = Math.abs(value);
        int at = number.length;
        do {
            number[--at] = (byte) ('0' + left % 10);
            left /= 10;
        } while (left != 0);
        copy(number, at, number.length - at);
    }

    void hex(long value) throws IOException {
        put('0');
        put('x');
        int shift = Math.max(0, (63 - Long.numberOfLeadingZeros(value | 1)) & ~3);
        for (; shift >= 0; shift -= 4) {
            put(DIGITS[(int) (value >>> shift) & 15]);
        }
    }

    private void copy(byte[] from, int at, int length) throws IOException {
        if (SIZE - size < length) {
            drain();
        }
        System.arraycopy(from, at, buffer, size, length);
        size += length;
    }

    private void digits(long value, int count) throws IOException {
        long left = value;
        for (int i = count - 1; i >= 0; i--) {
            number[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        copy(number, 0, count);
    }

    /** Writes a duration as people read it: with one decimal, in the unit that makes it short. */
    void duration(long nanos) throws IOException {
        long unit = 1;
        int name = 0;
        while (name < UNITS.length - 1 && nanos / unit >= 1000) {
            unit *= 1000;
            name++;
        }
        number(nanos / unit);
        if (unit > 1) {
            put('.');
            put(DIGITS[(int) (nanos % unit * 10 / unit)]);
        }
        ascii(UNITS[name]);
    }

    /** Writes the time of the day here, with ns. */
    void clock(long nanos) throws IOException {
        long second = Math.floorDiv(nanos, SECOND);
        if (second != clockSecond) {
            clockSecond = second;
            String text = Instant.ofEpochSecond(second)
                    .atZone(ZoneId.systemDefault())
                    .toLocalTime()
                    .toString();
            byte[] ascii = (text.length() == 5 ? text + ":00" : text).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(ascii, 0, clock, 0, clock.length);
        }
        copy(clock, 0, clock.length);
        put('.');
        digits(Math.floorMod(nanos, SECOND), 9);
    }

    /** Writes date and time, in UTC, with ns. */
    void instant(long nanos) throws IOException {
        long second = Math.floorDiv(nanos, SECOND);
        if (second != dateSecond) {
            dateSecond = second;
            String text = Instant.ofEpochSecond(second)
                    .atOffset(ZoneOffset.UTC)
                    .toLocalDateTime()
                    .toString();
            date = (text.length() == 16 ? text + ":00" : text).getBytes(StandardCharsets.US_ASCII);
        }
        copy(date, 0, date.length);
        put('.');
        digits(Math.floorMod(nanos, SECOND), 9);
        put('Z');
    }

    /** Writes a text between quotes, as JSON has it: no control character of other people's programs gets through. */
    void quoted(String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        quoted(utf8, 0, utf8.length);
    }

    private void quoted(byte[] text, int from, int length) throws IOException {
        put('"');
        for (int i = from; i < from + length; i++) {
            int c = text[i];
            if (c == '"' || c == '\\') {
                put('\\');
                put(c);
            } else if ((c >= 0 && c < 0x20) || c == 0x7f) {
                ascii("\\u00");
                put(DIGITS[c >> 4]);
                put(DIGITS[c & 15]);
            } else {
                put(c);
            }
        }
        put('"');
    }

    /**
     * Writes a packed value, as JSON or, but for what is between braces, the same for people.
     *
     * @param json whether numbers in hex are between quotes, and what is missing is null; for people it is left out of objects
     * @return where the next value is
     */
    int value(byte[] from, int at, boolean json) throws IOException {
        switch (from[at]) {
            case Values.SIGNED -> number(Values.int64(from, at + 1));
            case Values.UNSIGNED -> {
                long value = Values.int64(from, at + 1);
                if (value < 0) {
                    ascii(Long.toUnsignedString(value));
                } else {
                    number(value);
                }
            }
            case Values.HEX -> {
                if (json) {
                    put('"');
                    hex(Values.int64(from, at + 1));
                    put('"');
                } else {
                    hex(Values.int64(from, at + 1));
                }
            }
            case Values.REAL -> {
                double value = Double.longBitsToDouble(Values.int64(from, at + 1));
                ascii(json && !Double.isFinite(value) ? "null" : Double.toString(value));
            }
            case Values.TEXT -> quoted(from, at + 5, Values.int32(from, at + 1));
            case Values.BOOL -> ascii(from[at + 1] != 0 ? "true" : "false");
            case Values.STRUCT -> {
                return struct(from, at, json);
            }
            case Values.ARRAY -> {
                return array(from, at, json);
            }
            case Values.CUT -> ascii(json ? "\"...\"" : "...");
            default -> ascii(json ? "null" : "-");
        }
        return Values.next(from, at);
    }

    /** Writes where a thread was, its last call first. */
    void frames(byte[] from, int at) throws IOException {
        int next = at + 5;
        for (int i = 0; i < Values.int32(from, at + 1); i++) {
            ascii(i == 0 ? " at " : " < ");
            if (from[next] == Values.TEXT) {
                utf8(TextFormat.printable(Values.text(from, next + 1)));
            } else {
                ascii("...");
            }
            next = Values.next(from, next);
        }
    }

    private int struct(byte[] from, int at, boolean json) throws IOException {
        int next = at + 5;
        boolean first = true;
        put('{');
        for (int i = 0; i < Values.int32(from, at + 1); i++) {
            int value = next + 4 + Values.int32(from, next);
            if (!json && from[value] == Values.NOTHING) {
                next = Values.next(from, value);
                continue;
            }
            if (!first) {
                ascii(", ");
            }
            first = false;
            if (json) {
                quoted(from, next + 4, Values.int32(from, next));
                put(':');
            } else {
                utf8(Values.text(from, next));
                put('=');
            }
            next = value(from, value, json);
        }
        put('}');
        return next;
    }

    private int array(byte[] from, int at, boolean json) throws IOException {
        int next = at + 5;
        put('[');
        for (int i = 0; i < Values.int32(from, at + 1); i++) {
            if (i > 0) {
                ascii(", ");
            }
            next = value(from, next, json);
        }
        put(']');
        return next;
    }
}
