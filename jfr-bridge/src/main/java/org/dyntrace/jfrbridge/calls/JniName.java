package org.dyntrace.jfrbridge.calls;

import java.util.Optional;

/** Names of native functions that implement Java methods (JNI specification, chapter 2, "Resolving Native Method Names"). */
public final class JniName {
    private static final String PREFIX = "Java_";

    private JniName() {}

    /**
     * {@return the Java method that a native function implements, if its name is such a one}
     *
     * @param symbol such as {@code Java_java_util_zip_CRC32_update}
     */
    public static Optional<String> method(String symbol) {
        if (!symbol.startsWith(PREFIX)) {
            return Optional.empty();
        }
        StringBuilder name = new StringBuilder();
        for (int i = PREFIX.length(); i < symbol.length(); i++) {
            char c = symbol.charAt(i);
            char next = i + 1 < symbol.length() ? symbol.charAt(i + 1) : 0;
            if (c != '_') {
                name.append(c);
            } else if (next == '_') {
                // What follows are the types of its parameters.
                break;
            } else if (next == '1') {
                name.append('_');
                i++;
            } else if (next == '0'
                    && i + 5 < symbol.length()
                    && symbol.substring(i + 2, i + 6).matches("[0-9a-f]{4}")) {
                name.append((char) Integer.parseInt(symbol.substring(i + 2, i + 6), 16));
                i += 5;
            } else {
                name.append('.');
            }
        }
        return name.indexOf(".") > 0 ? Optional.of(name.toString()) : Optional.empty();
    }
}
