package org.dyntrace.mbeans.connector;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.dyntrace.mbeans.Failure;

/**
 * The first bytes that the daemon sends on each connection, before RMI begins: a word of welcome, or the reason why not and
 * nothing more. RMI itself could only hang up on who may not enter.
 */
public final class Greeting {
    private static final byte[] WELCOME = "dyntrace 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int REFUSAL_MAX = 4096;

    private Greeting() {}

    /** {@return what who may enter is sent} */
    public static byte[] welcome() {
        return WELCOME.clone();
    }

    /**
     * What who may not enter is sent.
     *
     * @param failure why not
     * @return the bytes, after which the connection is closed
     */
    public static byte[] refusal(Failure failure) {
        return failure.toWire().getMessage().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads the greeting.
     *
     * @param in the connection
     * @throws IOException when the daemon refuses (then {@link Failure#fromWire} finds the reason) or does not speak as it should
     */
    static void read(InputStream in) throws IOException {
        byte[] first = in.readNBytes(WELCOME.length);
        if (Arrays.equals(first, WELCOME)) {
            return;
        }
        byte[] rest = in.readNBytes(REFUSAL_MAX);
        String text = new String(first, StandardCharsets.UTF_8) + new String(rest, StandardCharsets.UTF_8);
        if (text.isEmpty()) {
            throw new IOException("The daemon hung up.");
        }
        throw new IOException("The daemon refused.", new IllegalStateException(text));
    }
}
