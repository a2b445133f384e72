package org.dyntrace.mbeans;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads locations; the grammar stands at {@link Location}. */
final class LocationParser {
    private static final Pattern OFFSET = Pattern.compile("\\+0x([0-9a-fA-F]{1,16})$");
    private static final Pattern HEX = Pattern.compile("0[xX]([0-9a-fA-F]{1,16})");
    private static final Pattern AT = Pattern.compile("@?[^@\\s]+");

    private final String text;
    private final Location.Scope scope;
    private final String place;

    private LocationParser(String text) {
        this.text = text;
        this.scope = Location.Scope.of(text);
        this.place = text.substring(scope.prefix().length());
    }

    static Location parse(String text) {
        if (text.length() > Location.MAX_LENGTH) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "The location is longer than " + Location.MAX_LENGTH + " characters.",
                    "Use a glob such as 'name*' or a /regex/.");
        }
        return new LocationParser(text).location();
    }

    private Location location() {
        if (place.isBlank()) {
            throw bad("is empty");
        }
        if (place.chars().anyMatch(Character::isISOControl)) {
            throw bad("holds control characters");
        }
        if (!place.strip().equals(place)) {
            throw bad("begins or ends with a blank");
        }
        if (place.startsWith("/")) {
            return regex();
        }
        if (place.startsWith("0x") || place.startsWith("0X")) {
            return address();
        }
        if (scope == Location.Scope.JAVA) {
            return JavaMethodParser.read(scope, place).orElseThrow(() -> bad("is no Java method"));
        }
        if (scope == Location.Scope.ANY && JavaMethodParser.canOnlyBeJava(place)) {
            Optional<Location.JavaMethod> method = JavaMethodParser.read(scope, place);
            if (method.isPresent()) {
                return method.get();
            }
        }
        return named();
    }

    private Location address() {
        Matcher hex = HEX.matcher(place);
        if (!hex.matches()) {
            throw bad("is no address");
        }
        return new Location.Address(scope, Long.parseUnsignedLong(hex.group(1), 16));
    }

    private Location regex() {
        // A file name never ends with a slash, so a slash at the end closes the expression; else the last "/@" does.
        int end = place.length() > 1 && place.endsWith("/") ? place.length() - 1 : place.lastIndexOf("/@");
        if (end < 1) {
            throw bad("has no slash at the end of the expression");
        }
        String expression = place.substring(1, end);
        if (expression.isEmpty()) {
            throw bad("has an empty expression");
        }
        try {
            Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new Failure(
                    Reason.BAD_REQUEST,
                    "'" + text + "' holds no regular expression: " + e.getDescription() + " at position " + e.getIndex()
                            + ".",
                    "The syntax is that of java.util.regex.Pattern; quote it for the shell.",
                    e);
        }
        return new Location.Regex(scope, expression, end + 1 == place.length() ? "" : at(place.substring(end + 2)));
    }

    private Location named() {
        CppName whole = new CppName(place);
        String rest = place;
        String at = "";
        int sign = whole.lastAt();
        if (sign >= 0) {
            at = place.substring(sign + 1);
            rest = place.substring(0, sign);
            if (rest.endsWith("@")) {
                rest = rest.substring(0, rest.length() - 1);
                at = "@" + at;
            }
        }
        // The listings print memcpy@GLIBC_2.2.5+0x10: the offset may stand on either side.
        Matcher offset = OFFSET.matcher(at);
        boolean behind = !at.isEmpty() && offset.find();
        if (behind) {
            at = at.substring(0, offset.start());
        } else {
            offset = OFFSET.matcher(rest);
        }
        long bytes = 0;
        if (behind || offset.find()) {
            bytes = Long.parseUnsignedLong(offset.group(1), 16);
            if (bytes < 0) {
                throw bad("has an offset beyond the address space");
            }
            rest = behind ? rest : rest.substring(0, offset.start());
        }
        if (rest.isBlank()) {
            throw bad("has no name");
        }
        if (sign >= 0) {
            at = at(at);
        }
        if (!new CppName(rest).hasWildcard()) {
            return new Location.Symbol(scope, rest, bytes, at);
        }
        if (bytes != 0) {
            throw bad("has an offset behind a pattern");
        }
        return new Location.Glob(scope, rest, at);
    }

    private String at(String at) {
        if (!AT.matcher(at).matches()) {
            throw bad("has no module or version behind the @");
        }
        return at;
    }

    private Failure bad(String problem) {
        return new Failure(
                Reason.BAD_REQUEST,
                "The location '" + text + "' " + problem + ".",
                "Write symbol, symbol@module, glob*, /regex/, 0xADDRESS, symbol+0xOFFSET or package.Class.method.");
    }
}
