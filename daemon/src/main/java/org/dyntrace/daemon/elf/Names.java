package org.dyntrace.daemon.elf;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms of a C++ or Rust name. */
final class Names {
    /** What rustc appends to make names unique. */
    private static final Pattern RUST_HASH = Pattern.compile("::h[0-9a-f]{16}$");

    private static final Pattern RUST_ESCAPE = Pattern.compile("\\$(SP|BP|RF|LT|GT|LP|RP|C|u[0-9a-f]{1,6})\\$");
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");

    /** Names that a mangled name may have as an abbreviation instead. */
    private static final Set<String> ABBREVIATED = Set.of(
            "std",
            "string",
            "allocator",
            "basic_string",
            "basic_istream",
            "basic_ostream",
            "basic_iostream",
            "istream",
            "ostream",
            "iostream");

    private Names() {}

    /** {@return the demangled name as people write it} */
    static String readable(String demangled) {
        Matcher hash = RUST_HASH.matcher(demangled);
        if (!hash.find()) {
            return demangled;
        }
        String text = RUST_ESCAPE.matcher(demangled.substring(0, hash.start())).replaceAll(escape -> {
            String code = escape.group(1);
            return Matcher.quoteReplacement(
                    switch (code) {
                        case "SP" -> "@";
                        case "BP" -> "*";
                        case "RF" -> "&";
                        case "LT" -> "<";
                        case "GT" -> ">";
                        case "LP" -> "(";
                        case "RP" -> ")";
                        case "C" -> ",";
                        default -> character(Integer.parseInt(code.substring(1), 16));
                    });
        });
        // A name that would begin with an escape begins with an underscore.
        return text.replace("..", "::").replace("::_<", "::<").replaceFirst("^_<", "<");
    }

    private static String character(int code) {
        return Character.isValidCodePoint(code) ? Character.toString(code) : "?";
    }

    /** {@return a demangled name without return type and parameters: ns::f of "void ns::f(int) const"} */
    static String withoutParameters(String demangled) {
        int end = demangled.length();
        String suffix = "";
        int clone = demangled.indexOf(" [clone ");
        if (clone > 0) {
            suffix = demangled.substring(clone);
            end = clone;
        }
        int close = demangled.lastIndexOf(')', end - 1);
        if (close < 0 || !isQualifier(demangled.substring(close + 1, end))) {
            return demangled;
        }
        int depth = 0;
        int open = close;
        for (; open >= 0; open--) {
            char c = demangled.charAt(open);
            depth += c == ')' ? 1 : c == '(' ? -1 : 0;
            if (depth == 0) {
                break;
            }
        }
        if (open <= 0) {
            return demangled;
        }
        String name = demangled.substring(0, open);
        return name.substring(beginning(name)) + suffix;
    }

    private static boolean isQualifier(String text) {
        return text.isEmpty() || text.startsWith(" const") || text.startsWith(" volatile") || text.startsWith(" &");
    }

    /** Where the name begins behind its return type, which templates have: at the last blank outside of brackets. */
    private static int beginning(String name) {
        int depth = 0;
        int begin = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (depth == 0
                    && name.startsWith("operator", i)
                    && (i == 0 || !Character.isJavaIdentifierPart(name.charAt(i - 1)))) {
                break; // blanks and angle brackets may be part of an operator's name
            }
            if (c == '<' || c == '(' || c == '{' || c == '[') {
                depth++;
            } else if (c == '>' || c == ')' || c == '}' || c == ']') {
                depth--;
            } else if (c == ' ' && depth == 0) {
                begin = i + 1;
            }
        }
        return begin;
    }

    /**
     * What the mangled form of a readable name must hold.
     *
     * @return the last identifier with its length before it, or an empty text if that can't be told
     */
    static String mangledPart(String name) {
        String bare = withoutParameters(name);
        if (bare.contains("operator") || bare.contains("{") || bare.contains("$")) {
            return "";
        }
        int depth = 0;
        StringBuilder plain = new StringBuilder();
        for (char c : bare.toCharArray()) {
            depth -= c == '>' ? 1 : 0;
            if (depth == 0 && c != '>' && c != '<') {
                plain.append(c);
            }
            depth += c == '<' ? 1 : 0;
        }
        String last = "";
        Matcher identifiers = IDENTIFIER.matcher(plain);
        while (identifiers.find()) {
            last = identifiers.group();
        }
        return last.isEmpty() || ABBREVIATED.contains(last) ? "" : last.length() + last;
    }
}
