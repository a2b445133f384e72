package org.dyntrace.jfrbridge.ctf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The description of a trace (CTF 1.8, section 7). LTTng writes it in packets; libbabeltrace2 2.0 reads one that was cut without end.
 *
 * @param text what can be read of it
 * @param uuid of the trace; null if it can't be told
 * @param wrong what is wrong with it, in words; empty if nothing is
 */
record Metadata(String text, byte[] uuid, String wrong) {
    private static final int MAGIC = 0x75d11d57;
    private static final int HEAD = 37;
    private static final long MAX = 64 << 20;
    private static final Pattern UUID = Pattern.compile("uuid = \"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\"");

    static Metadata of(Path path) throws IOException {
        if (Files.size(path) > MAX) {
            return new Metadata("", null, "it has more than " + MAX + " bytes");
        }
        byte[] bytes = Files.readAllBytes(path);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        String wrong = bytes.length == 0 ? "it is empty" : "";
        if (bytes.length >= 4 && buffer.getInt(0) == MAGIC) {
            for (int at = 0; at < bytes.length && wrong.isEmpty(); ) {
                long content = at + HEAD <= bytes.length ? (buffer.getInt(at + 24) & 0xffff_ffffL) / 8 : -1;
                long packet = at + HEAD <= bytes.length ? (buffer.getInt(at + 28) & 0xffff_ffffL) / 8 : -1;
                if (content < HEAD || content > packet || buffer.getInt(at) != MAGIC) {
                    wrong = "a packet of it has a head that can't be";
                } else {
                    text.write(bytes, at + HEAD, (int) Math.min(content - HEAD, bytes.length - at - HEAD));
                    wrong = packet > bytes.length - at ? "it ends in the middle of a packet" : "";
                    at += (int) Math.min(packet, bytes.length - at);
                }
            }
        } else {
            text.writeBytes(bytes);
        }
        String words = text.toString(StandardCharsets.UTF_8);
        return new Metadata(wrong.isEmpty() ? words : whole(words), uuid(words), wrong);
    }

    /** {@return what was cut, without its last statement} */
    private static String whole(String text) {
        int end = text.lastIndexOf("\n};\n");
        return end < 0 ? "" : text.substring(0, end + 4);
    }

    private static byte[] uuid(String text) {
        Matcher matcher = UUID.matcher(text);
        if (!matcher.find()) {
            return null;
        }
        java.util.UUID uuid = java.util.UUID.fromString(matcher.group(1));
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }
}
